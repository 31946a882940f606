"""Video cameras with real-time display: frames of passes over a target, picked and measured.

``frames`` reads recordings (YUV4MPEG2 files, folders of pictures), ``pick`` takes the frame of a
pass that shows the target best placed, ``asked`` is what is given, ``measured`` reads the target
and holds everything against what was decided, ``simulate`` makes passes whose truth is known.
"""
