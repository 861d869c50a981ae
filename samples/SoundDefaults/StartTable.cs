using Nmf;
using Nmf.Audio;
using PianoDecomposition.Analysis;
using PianoDecomposition.Sound;
using Restoration.Sound;

namespace SoundDefaults;

/// <summary>
/// How factorisations with the Itakura-Saito divergence should start: at random, with the best of short runs, annealed,
/// or from a short fit with the Kullback-Leibler divergence, which is annealing in one stage. All have as many
/// iterations, those of runs and stages included.
/// </summary>
internal static class StartTable
{
    private const int Iterations = 240;
    private const int ShortRuns = 60;

    // More components than there are, for those that die out.
    private const int ManyComponents = 18;

    private static readonly (string Name, BetaAnnealing? Annealing)[] Starts =
    [
        ("random", null), ("short runs", null),
        ("annealed from β = 2", new BetaAnnealing { From = 2, Stages = 8, IterationsPerStage = 15 }),
        ("from Kullback-Leibler", new BetaAnnealing { From = 1, Stages = 1, IterationsPerStage = 40 }),
    ];

    /// <summary>Plain factorisations into eight components.</summary>
    public static void PrintPlain(string? recordings, int seeds)
    {
        var table = new Table("piece", "start", ">median", ">worst", ">best", ">all notes");
        foreach (var piece in Pieces(recordings))
        {
            var data = Data(piece, out var stft);
            foreach (var (name, annealing) in Starts)
            {
                var isShort = name == Starts[1].Name;
                var spent = isShort ? ShortRuns : (annealing?.Stages * annealing?.IterationsPerStage) ?? 0;
                Add(table, piece, name, Fits(piece, data, stft, seeds, new NmfOptions
                {
                    Rank = 8,
                    Problem = new BetaNmf(BetaDivergence.ItakuraSaito) { Annealing = annealing },
                    Initialization = isShort ? NmfInitialization.ShortRuns : NmfInitialization.Random,
                    Iterations = new() { MaximumIterations = Iterations - spent, Tolerance = 0 },
                }));
            }
        }

        Console.WriteLine($"Itakura-Saito NMF, K = 8, {Iterations} iterations, {seeds} seeds: divergence per entry");
        table.Print();
    }

    /// <summary>Automatic relevance determination, on the pieces whose notes are known.</summary>
    public static void PrintRelevance(string? recordings, int seeds)
    {
        var table = new Table("piece", "start", ">median", ">worst", ">best", ">all notes");
        foreach (var piece in Pieces(recordings).Where(piece => piece.Notes.Count > 0))
        {
            var data = Data(piece, out var stft);
            foreach (var start in new[] { NmfInitialization.Random, NmfInitialization.ShortRuns })
            {
                Add(
                    table, piece, start == NmfInitialization.Random ? "nearly equal" : "short runs",
                    Fits(piece, data, stft, seeds, new NmfOptions
                    {
                        Rank = ManyComponents,
                        Problem = new AutomaticRelevance(BetaDivergence.ItakuraSaito)
                        {
                            Prior = RelevancePrior.HalfNormal, Shape = 5,
                        },
                        Initialization = start,
                        Iterations = new() { MaximumIterations = 1500, Tolerance = 1e-6, CheckInterval = 50 },
                    }));
            }
        }

        Console.WriteLine(
            $"Automatic relevance determination from K = {ManyComponents}, one start for each of {seeds} seeds: "
            + "objective per entry");
        table.Print();
    }

    private static void Add(Table table, Piece piece, string name, (double Objective, bool HasAllNotes)[] fits)
    {
        double[] sorted = [.. fits.Select(fit => fit.Objective).Order()];
        var median = 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
        table.Add(
            piece.Title, name, Format.Figure(median, 4), Format.Figure(sorted[^1], 4), Format.Figure(sorted[0], 4),
            piece.Notes.Count > 0 ? $"{fits.Count(fit => fit.HasAllNotes)}" : "–");
    }

    private static (double Objective, bool HasAllNotes)[] Fits(
        Piece piece, NmfData<float> data, Stft stft, int seeds, NmfOptions options)
        => [.. Enumerable.Range(1, seeds).Select(seed =>
        {
            var model = NmfFactorizer.Fit(data, options with { Seed = seed });
            var components = Components.Describe(model, isPower: true, stft.Frequency(1, piece.SampleRate));
            return (model.Report.Objective / data.StoredEntries, piece.Notes.All(
                note => components.Any(c => c.Kind == ComponentKind.Note && c.Pitch.Note == note)));
        })];

    private static NmfData<float> Data(Piece piece, out Stft stft)
    {
        stft = new Stft(new StftOptions { FrameLength = piece.SampleRate > 30_000 ? 2048 : 1024 });
        var power = stft.Analyze(piece.Samples).Power();
        return SpectralScaling.For(power).ToData(power);
    }

    private static IEnumerable<Piece> Pieces(string? recordings)
    {
        yield return PianoSynthesizer.Play();
        yield return Of(Trio.Play(
            "A synthesised trio", Synthesizer.SampleRate, Synthesizer.Violin(), Synthesizer.Trumpet(),
            Synthesizer.Vibraphone()));
        if (recordings is null)
            yield break;
        yield return Read("piano/four_notes_pairs_fluidsynth_22050") with { Title = "A sampled piano",
            Notes = Piece.ScoreNotes };
        yield return Of(Trio.Play(
            "A sampled trio", 44_100, Read("instruments/violin-B3").Samples, Read("instruments/trumpet-A4").Samples,
            Read("instruments/vibraphone-C6").Samples));
        foreach (var name in new[] { "orchestra", "sax-phrase", "cello-phrase", "singing-female", "speech-male" })
            yield return Read($"instruments/{name}");

        Piece Of(Recording recording) => new(recording.Title, recording.SampleRate, recording.Samples, [], []);

        // The first fifteen seconds.
        Piece Read(string name)
        {
            var clip = AudioClip.Read(Path.Combine(recordings, name + ".wav"));
            return new Piece(
                Path.GetFileName(name), clip.SampleRate, clip.ToMono()[..Math.Min(clip.Samples, 15 * clip.SampleRate)],
                [], []);
        }
    }
}
