"""The preferences of the add-on, and what is typed into the panel."""

from __future__ import annotations

import bpy

from .. import live, places
from .link_handler import draw_link_handler


class SceneportPreferences(bpy.types.AddonPreferences):
    """Who the user is, and what of this machine is used."""

    bl_idname = places.PACKAGE

    user_name: bpy.props.StringProperty(
        name="Name", description="The name that others see; empty: that of your account", maxlen=63
    )
    colour: bpy.props.FloatVectorProperty(
        name="Colour",
        description="The colour of your view and selection for others",
        subtype="COLOR",
        size=3,
        min=0.0,
        max=1.0,
        default=live.DEFAULT_COLOUR,
    )
    node_path: bpy.props.StringProperty(
        name="Node.js",
        description="The Node.js program, version 22.13 or newer; empty: the one that is found",
        subtype="FILE_PATH",
    )
    budget_ms: bpy.props.FloatProperty(
        name="Time per Tick",
        description="How many milliseconds at a time Blender may be kept busy with others' changes",
        min=1.0,
        max=100.0,
        default=live.DEFAULT_BUDGET_MS,
    )
    data_folder: bpy.props.StringProperty(
        name="Data Folder",
        description="Where backups, the cache and hosted sessions are kept; empty: beside Blender's own data",
        subtype="DIR_PATH",
    )

    map_port: bpy.props.BoolProperty(
        name="Open a Port in the Router",
        description="Ask the router (by UPnP, NAT-PMP or PCP) to let others in from the internet while you host",
    )
    relay: bpy.props.StringProperty(
        name="Relay",
        description="A relay by which others reach the sessions that you host, such as relay.example.org; empty: none",
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Called by Blender."""
        layout = self.layout
        layout.use_property_split = True
        for name in ("user_name", "colour", "node_path", "budget_ms", "data_folder", "relay", "map_port"):
            layout.prop(self, name)
        draw_link_handler(layout)


class SceneportForm(bpy.types.PropertyGroup):
    """What is typed into the panel; it is not kept."""

    invite: bpy.props.StringProperty(
        name="Invite", description="The link that the host has sent you, or an address such as host.example:5555"
    )
    password: bpy.props.StringProperty(
        name="Password", description="Only needed with an address", subtype="PASSWORD", options={"SKIP_SAVE"}
    )
    host_password: bpy.props.StringProperty(
        name="Password",
        description="For those who join with the address alone; who has the invite needs none",
        subtype="PASSWORD",
        options={"SKIP_SAVE"},
    )
    session: bpy.props.StringProperty(
        name="Name",
        description="A session that is stored already is continued; another name begins a new one",
        default="main",
        maxlen=63,
    )
    port: bpy.props.IntProperty(name="Port", description="0 picks a free one", min=0, max=65535, default=5555)


CLASSES = (SceneportPreferences, SceneportForm)
