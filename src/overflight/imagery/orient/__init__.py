"""Where a camera was and how it lay: from a track, from metadata, from a file; put right by
ground control and by tying frames together.

Modules: ``interior``, ``flown``, ``metadata``, ``given`` give a first orientation; ``clocks`` the
offset of the camera's clock; ``control.refined`` puts frames right and reports how well they fit.
"""
