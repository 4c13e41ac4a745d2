"""Words of the packages that our users see and that no package says in Vietnamese, a module a package and screen.

makemessages finds them here and they get their Vietnamese in our catalogue, which wins over the packages' own.
Nothing imports these modules. Words of scripts are in the catalogue djangojs, which has no sources of ours.
"""
