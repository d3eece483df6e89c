package store

import "context"

// once lets a command do something in this database, the first time that it comes: a worker that
// is cut off between the deed and its note takes the command again. Later it does nothing. An
// unknown command is not_found "unknown_command".
func (s *Store) once(ctx context.Context, command string, do func(tx *Store) error) error {
	const first = "UPDATE commands SET acted_at = clock_timestamp() WHERE id = ? AND acted_at IS NULL"
	return s.WithTx(ctx, func(tx *Store) error {
		rows, err := tx.write(ctx, first, command)
		if err != nil {
			return failed("note a command's deed", err)
		}
		if rows == 0 {
			_, err := tx.Command(ctx, command)
			return err
		}
		return do(tx)
	})
}

// ReplayDeliveryBy is ReplayDelivery, once for a command.
func (s *Store) ReplayDeliveryBy(ctx context.Context, command, delivery string) error {
	return s.once(ctx, command, func(tx *Store) error {
		_, err := tx.ReplayDelivery(ctx, delivery)
		return err
	})
}

// SendTestEventBy is SendTestEvent, once for a command.
func (s *Store) SendTestEventBy(ctx context.Context, command, endpoint string) error {
	return s.once(ctx, command, func(tx *Store) error {
		_, err := tx.SendTestEvent(ctx, endpoint)
		return err
	})
}

// EnableEndpointBy is EnableEndpoint, once for a command: what the endpoint did since, so that it
// was disabled again, stands.
func (s *Store) EnableEndpointBy(ctx context.Context, command, endpoint string) error {
	return s.once(ctx, command, func(tx *Store) error {
		_, err := tx.EnableEndpoint(ctx, endpoint)
		return err
	})
}
