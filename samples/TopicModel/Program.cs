using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TopicModel;
using TopicModel.Corpus;
using TopicModel.Pipeline;
using TopicModel.Evaluation;
var sw = Stopwatch.StartNew();
var c = Corpora.Read(CommandLine.Parse(args));
Console.WriteLine($"{c.Documents.Count} {c.Source} {sw.ElapsedMilliseconds} ms");
var ml = new MLContext(1);
ml.Log += (_, e) => { if (e.Kind >= Microsoft.ML.Runtime.ChannelMessageKind.Info) Console.WriteLine($"   [{e.Source}] {e.Message}"); };
var corpus = CountedCorpus.Create(ml, CorpusSplit.Create(c.Documents, 1), c.StopWords);
Console.WriteLine($"words {corpus.Words} {corpus.Elapsed}");
var fit = TopicFit.Fit(ml, corpus, 30);
Console.WriteLine($"fit {fit.Elapsed}");
foreach (var t in fit.Topics) Console.WriteLine($"{t.Number} {t.Share:P1} {string.Join(' ', t.TopWords)} | {string.Join(' ', t.Keywords)} | {string.Join(' ', t.TypicalDocuments)}");
var cmp = new ClassifierComparison(ml, corpus);
void P(Score s) => Console.WriteLine(s);
P(cmp.Add(new("nmf", "Topics", fit.Transformer, fit.Elapsed)));
foreach (var alpha in new float[] { 100, 30, 3 })
{
sw.Restart();
var lda = ml.Transforms.Text.LatentDirichletAllocation("Lda", WordCounts.Column, numberOfTopics: 30, alphaSum: alpha, resetRandomGenerator: true).Fit(corpus.Training);
var el = sw.Elapsed;
Console.WriteLine(string.Join(' ', lda.Transform(corpus.Test).GetColumn<float[]>("Lda").First()));
P(cmp.Add(new("lda " + alpha, "Lda", lda, el)));
}
P(cmp.Add(new("bag", WordCounts.Column, null, null)));
Console.WriteLine(cmp.Result());
