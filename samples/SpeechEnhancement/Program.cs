using System.Diagnostics;
using SpeechEnhancement.Evaluation;
using SpeechEnhancement.Sound;
var folder = RecordedSounds.Find()!;
var mode = args.Length > 0 ? args[0] : "v";
var sets = mode == "t" ? new[] { RecordedSounds.Test(folder, args.Length > 1) } : RecordedSounds.Validation(folder).ToArray();
var settings = new Settings();
var all = new Dictionary<string, List<Score>>();
var noisy = new Dictionary<string, List<Score>>();
foreach (var set in sets)
{
    var clock = Stopwatch.StartNew();
    var (methods, _) = Method.All(set.Training, settings);
    Console.WriteLine($"{set.Title}: learnt in {clock.Elapsed.TotalSeconds:F1} s");
    foreach (var db in new[] { 0.0, 5.0 })
    foreach (var method in methods)
    {
        clock.Restart(); var t = 0.0;
        var scores = new List<Score>();
        foreach (var speech in set.Test) foreach (var noise in set.Noises)
        {
            var m = Mixture.Create(speech, noise, db);
            clock.Restart(); var e = method.Enhance(m.Noisy); t += clock.Elapsed.TotalSeconds;
            scores.Add(Score.Of(m, e));
        }
        var mean = Score.Mean(scores);
        Console.WriteLine($"{db} {method.Name,-20} SDR {mean.Distortion:F2} SIR {mean.Interference:F2} SAR {mean.Artifacts:F2} SI {mean.ScaleInvariant:F2}  ({t:F1} s)");
    }
}
