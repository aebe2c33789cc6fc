// ComponentStatus: only its table; nobody writes one.
// Upstream: printComponentStatus in k8s.io/kubernetes/pkg/printers/internalversion/printers.go.
import type { ComponentStatus } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { nameOf } from '../table/ages.ts';
import { column, nameColumn } from '../table/columns.ts';

export const componentStatus = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',

  table: {
    columns: [
      nameColumn,
      column('Status', 'string', 'Status of the component conditions'),
      column('Message', 'string', 'Message of the component conditions'),
      column('Error', 'string', 'Error of the component conditions'),
    ],
    row(component) {
      const healthy = component.conditions?.find(({ type }) => type === 'Healthy');
      const status = healthy?.status === 'True' ? 'Healthy' : 'Unhealthy';
      const { message = '', error = '' } = healthy ?? {};
      return { cells: [nameOf(component), healthy ? status : 'Unknown', message, error] };
    },
  },
});
