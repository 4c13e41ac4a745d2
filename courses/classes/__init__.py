"""Classes held in a room: who may see them, what their pages read and say, their papers, lists of the past."""
