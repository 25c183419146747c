"""Looks into PDFs that somebody else made: a program of its own, so that what attacks a parser meets no daemon."""
