"""Notification services: their URLs and what is a whole one."""
