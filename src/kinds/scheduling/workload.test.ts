import { describe, expect, it } from 'vitest';
import { created, createFaults, updateFaults } from '../kind-faults.ts';
import { podGroup } from './pod-group.ts';
import { workload } from './workload.ts';

const basic = { basic: {} };
const group = (fields: object = {}) => ({ spec: { schedulingPolicy: basic, ...fields } });
const templates = (...podGroupTemplates: object[]) => ({ spec: { podGroupTemplates } });
const worker = { name: 'worker', schedulingPolicy: basic };
const policy = 'spec.schedulingPolicy';

describe('pod groups', () => {
  it.each([
    ['basic', group(), []],
    ['a gang', group({ schedulingPolicy: { gang: { minCount: 2 } } }), []],
    [
      'no policy',
      group({ schedulingPolicy: {} }),
      [`${policy}: Invalid value: "": must specify one of: \`basic\`, \`gang\``],
    ],
    [
      'two policies',
      group({ schedulingPolicy: { basic: {}, gang: { minCount: 1 } } }),
      [`${policy}: Invalid value: "{basic, gang}": must specify exactly one of: \`basic\`, \`gang\``],
    ],
    [
      'a gang of less than one',
      group({ schedulingPolicy: { gang: { minCount: -1 } } }),
      [`${policy}.gang.minCount: Invalid value: -1: must be greater than or equal to 1`],
    ],
    [
      'a reference without names',
      group({ podGroupTemplateRef: { workload: {} } }),
      ['workloadName', 'podGroupTemplateName'].map(
        (field) => `spec.podGroupTemplateRef.workload.${field}: Required value`,
      ),
    ],
  ])('%s', (_name, fields, faults) => {
    expect(createFaults(podGroup, fields)).toEqual(faults);
  });

  it('lose fields of gates that are off, and do not change', () => {
    expect(created(podGroup, group({ priority: 3, disruptionMode: 'PodGroup' }))['spec']).toEqual({
      schedulingPolicy: basic,
      // dropped, and back by its default
      disruptionMode: 'Pod',
    });
    const gang = group({ schedulingPolicy: { gang: { minCount: 2 } } });
    expect(updateFaults(podGroup, group(), gang)).toEqual([
      `${policy}: Invalid value: null: field is immutable`,
    ]);
  });
});

describe('workloads', () => {
  it.each([
    ['one template', templates(worker), []],
    ['none', templates(), ['spec.podGroupTemplates: Required value']],
    [
      'too many',
      templates(...Array.from({ length: 9 }, (_, i) => ({ ...worker, name: `w${i}` }))),
      ['spec.podGroupTemplates: Too many: 9: must have at most 8 items'],
    ],
    ['no name', templates({ ...worker, name: '' }), ['spec.podGroupTemplates[0].name: Required value']],
    [
      'a controller without a name',
      { spec: { podGroupTemplates: [worker], controllerRef: { kind: 'Job', name: '' } } },
      ['spec.controllerRef.name: Required value'],
    ],
  ])('%s', (_name, fields, faults) => {
    expect(createFaults(workload, fields)).toEqual(faults);
  });

  it('keep the controller that they are made with', () => {
    const owned = (name: string) => ({
      spec: { podGroupTemplates: [worker], controllerRef: { kind: 'Job', name } },
    });
    const fault = ['spec.controllerRef: Invalid value: null: field is immutable'];
    expect(updateFaults(workload, templates(worker), owned('a'))).toEqual(fault);
    expect(updateFaults(workload, owned('a'), owned('b'))).toEqual(fault);
  });
});
