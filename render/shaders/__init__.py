"""GLSL of the stage, one small pair of files per surface."""
