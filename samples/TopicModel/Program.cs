using System.Diagnostics;
using TopicModel;
using TopicModel.Corpus;
var sw = Stopwatch.StartNew();
try
{
var c = Corpora.Read(CommandLine.Parse(args));
Console.WriteLine($"{c.Documents.Count} {c.Source} {sw.ElapsedMilliseconds} ms; {c.Documents.Sum(d => d.Text.Length)} chars {string.Join("|", c.Notes)}");
foreach (var g in c.Documents.CountBy(d => d.Label).OrderByDescending(g => g.Value).Take(40)) Console.WriteLine(g);
foreach (var d in c.Documents.Where((_, i) => i % 500 == 3)) Console.WriteLine(d.ToString()[..Math.Min(400, d.ToString().Length)]);
}
catch (UserErrorException e) { Console.Error.WriteLine(e.Message); return 2; }
return 0;
