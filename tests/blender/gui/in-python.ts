/** The form of the panel, as the variable `form`. */
export const form = 'form = bpy.context.window_manager.sceneport';

/** Whether everything done here has been acknowledged. */
export const isOnline = 'answer = api.status()["state"] == "online" and api.status()["pending"] == 0';

/** Whether no session is open. */
export const isOffline = 'answer = api.status()["state"] == "offline"';

/** Whether the first user of an empty session is being asked. */
export const isAsked = 'from sceneport import live; answer = live.session and live.session.asked';

/** Whether the scene has an object. */
export const hasObject = (name: string): string => `answer = "${name}" in bpy.context.scene.objects`;

/** Selects one object and nothing else. */
export const selectOnly = (name: string): string =>
  `for one in bpy.context.scene.objects: one.select_set(one.name == "${name}")
bpy.data.window_managers[0].windows[0].view_layer.objects.active = bpy.data.objects["${name}"]`;
