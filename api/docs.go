package api

import "github.com/labstack/echo/v4"

func (s *Server) docs(c echo.Context) error { return echo.ErrNotFound }

func (s *Server) docsStyle(c echo.Context) error { return echo.ErrNotFound }
