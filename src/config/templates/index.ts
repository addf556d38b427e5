export { suggestTemplate, type TemplateSuggestion, type TemplateValues } from './suggest.js';
export { getTemplate, listTemplates, TEMPLATES, type Template, type TemplateName } from './templates.js';
export { type TemplateValidation, validateTemplate } from './validate-template.js';
