// Learns who asks, or refuses with 401.
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/authentication.go.
import { unauthorized } from '../../api/status.ts';
import { type Authenticator, bearerWarning } from '../authentication/authenticator.ts';
import type { Filter } from './filter.ts';

/** The filter of an authenticator. */
export function authenticationFilter(authenticator: Authenticator): Filter {
  return (exchange) => {
    const warning = bearerWarning(exchange.header('authorization'));
    if (warning !== undefined) exchange.warn(warning);
    const found = authenticator.authenticate(exchange.request);
    if (found instanceof Promise) {
      return found.then((user) => {
        if (user === undefined) throw unauthorized();
        exchange.user = user;
        return true;
      });
    }
    if (found === undefined) throw unauthorized();
    exchange.user = found;
    return true;
  };
}
