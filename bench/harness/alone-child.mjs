// @ts-check

const [questionUrl = '', subject = ''] = process.argv.slice(2);
/** @type {{ subjects: Record<string, () => Promise<Record<string, number>>> }} */
const question = await import(questionUrl);
const measure = question.subjects[subject];
if (measure === undefined) throw new Error(`${questionUrl} has no subject "${subject}".`);
process.send?.(await measure(), () => process.exit(0));
