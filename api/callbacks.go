package api

// callbackStore is what the callbacks need of the store.
type callbackStore interface{}

// callbackRoutes are where providers say that something happened.
func (s *Server) callbackRoutes() []route { return nil }
