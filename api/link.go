package api

// friendStore is what the friend's side needs of the store.
type friendStore interface{}

// friendRoutes are the pages behind a link and what they call.
func (s *Server) friendRoutes() []route { return nil }
