"""Infra-red line scanners: temperatures, a standard atmosphere, bars on a target, rectified scans.

``radiance`` goes between temperature and what a band of wavelengths sends, ``atmosphere`` says how
much of it arrives, ``lines`` where each sample of a scan was looking, ``rectify`` brings a scan to
the map, ``asked`` and ``measured`` read passes over a temperature target, ``simulate`` makes scans
whose truth is known.
"""
