export { checkGraph, type Graph } from './graph.js';
export { GroupScope, type ParentCall } from './group-scope.js';
export type { GroupReport, TaskRecord, TaskReport } from './report.js';
export { type GroupTask, runGroup } from './task-group.js';
