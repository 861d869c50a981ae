using Nmf;
using Nmf.Kernels;

namespace OnlineTopics;

/// <summary>A dictionary that learns what comes later, batch by batch, judged after each; beside fits that see
/// everything at once.</summary>
/// <param name="Curves">Ways to learn.</param>
/// <param name="References">Fits to compare with.</param>
internal sealed record Updating(IReadOnlyList<Updating.Curve> Curves, IReadOnlyList<Updating.Reference> References)
{
    private const int Batches = 12;
    private const int Iterations = 100;
    private const double Forgetting = 0.1;

    /// <param name="texts">The texts.</param>
    /// <param name="dictionary">What was learnt from those to begin with.</param>
    /// <param name="options">Number of topics and seed.</param>
    public static Updating Run(TextStream texts, Matrix<float> dictionary, CommandLine options) => new(
        [Learn("a text counts as much whenever it was learnt", 1, texts, dictionary, options),
            Learn($"older texts are forgotten (r = {Forgetting})", Forgetting, texts, dictionary, options)],
        [Batch("a fit in memory to the texts to begin with", texts, texts.Earlier, options),
            Batch("a fit in memory to everything", texts, texts.Everything, options)]);

    public Table Table()
    {
        var table = new Table("dictionary", ">perplexity, earlier kinds", ">perplexity, later kinds");
        Add("stream of the texts to begin with", Curves[0].Points[0]);
        foreach (var curve in Curves)
            Add($"and {Format.Count(curve.Points[^1].Texts)} later texts, learnt once; {curve.Name}", curve.Points[^1]);
        foreach (var reference in References)
            Add(reference.Name, reference.At);
        return table;

        void Add(string name, Point at) => table.Add(name, Format.Figure(at.Earlier, 0), Format.Figure(at.Later, 0));
    }

    private static Curve Learn(
        string name, double forgetting, TextStream texts, Matrix<float> dictionary, CommandLine options)
    {
        using var learner = new OnlineNmf<float>(
            new OnlineNmfOptions
            {
                Rank = options.Topics,
                Beta = BetaDivergence.KullbackLeibler,
                Seed = options.Seed,
                Learning = new() { Forgetting = forgetting },

                // What was learnt before counts for the texts from which it was learnt.
                StartWeight = texts.Earlier.Samples,
            },
            dictionary);
        var points = new List<Point> { Judge(texts, 0, dictionary) };
        foreach (var batch in NmfBatchSource.FromData(texts.Later).Read(
            Math.Max(1, (texts.Later.Samples + Batches - 1) / Batches), 0, CancellationToken.None))
        {
            learner.PartialFit(batch);
            var model = learner.ToModel();
            points.Add(Judge(texts, learner.SamplesSeen, model.Dictionary));
        }

        return new Curve(name, points);
    }

    private static Point Judge(TextStream texts, long learnt, Matrix<float> dictionary)
        => new(learnt, texts.HeldOutEarlier.Perplexity(dictionary), texts.HeldOutLater.Perplexity(dictionary));

    private static Reference Batch(string name, TextStream texts, NmfData<float> data, CommandLine options)
    {
        var model = NmfFactorizer.Fit(
            data, new NmfOptions { Rank = options.Topics, Problem = BetaDivergence.KullbackLeibler, Seed = options.Seed,
                Iterations = new() { MaximumIterations = Iterations } });
        return new Reference(name, Judge(texts, data.Samples, model.Dictionary));
    }

    /// <param name="Name">One phrase: how much older texts count.</param>
    /// <param name="Points">The first before anything was learnt.</param>
    internal sealed record Curve(string Name, IReadOnlyList<Point> Points);

    /// <param name="Texts">Later texts that were learnt.</param>
    /// <param name="Earlier">Perplexity of held-out texts of the kinds to begin with.</param>
    /// <param name="Later">Perplexity of those of the kinds that came later.</param>
    internal sealed record Point(long Texts, double Earlier, double Later);

    internal sealed record Reference(string Name, Point At);
}
