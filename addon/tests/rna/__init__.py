"""The tests of `sceneport.rna`."""
