import { probe } from './command.mjs';
import { installPackages } from './debian.mjs';

const candidates = ['/usr/bin/python3', '/usr/bin/python3.11', 'python3.11', 'python3'];

const findPython = (check) => candidates.find((python) => probe(python, ['-c', check]).ok) ?? null;

const provide = async (check, packages, description) => {
  const found = findPython(check);
  if (found !== null) return { python: found, reason: null };
  const problem = await installPackages(packages);
  const python = findPython(check);
  return {
    python,
    reason: python === null ? `${description} is missing; ${problem ?? 'not on PATH'}` : null,
  };
};

/** A Python for the add-on's unit tests, or the reason why there is none. */
export const providePython = () =>
  provide(
    'import sys, numpy; assert sys.version_info >= (3, 10)',
    ['python3', 'python3-numpy'],
    'Python 3.10 or newer with numpy',
  );

/** A Python that can make a virtual environment for the `bpy` modules, or the reason why there is none. */
export const providePythonForModules = () =>
  provide(
    'import sys, venv, ensurepip; assert sys.version_info[:2] == (3, 11)',
    ['python3', 'python3-venv'],
    'Python 3.11 with venv',
  );
