using Nmf;

namespace Fluorescence;

/// <summary>How well something fits for one number of components.</summary>
internal sealed record RankRow(int Rank, double Explained, double HeldOut);

/// <summary>What was found of the dyes: pictures, amounts, and how like the truth they are.</summary>
/// <param name="Pictures">One for each dye, excitations x emissions, in the order of the dyes.</param>
/// <param name="Amounts">Samples x dyes.</param>
/// <param name="PictureCosines">Cosine of each picture and that of the dye.</param>
/// <param name="AmountCosines">Cosine of the amounts of each and those that were mixed.</param>
internal sealed record Found(
    double[][] Pictures, double[][] Amounts, double[] PictureCosines, double[] AmountCosines);

/// <summary>Fits of the mixtures as a tensor and as a matrix.</summary>
internal static class Study
{
    // One entry of so many is held out to judge the number of components.
    private const int HeldOut = 20;

    public static TensorNmfModel<double> FitTensor(NmfTensor<double> tensor, int rank, int seed) => TensorNmf.Fit(
        tensor,
        new TensorNmfOptions { Rank = rank, Beta = BetaDivergence.KullbackLeibler, Seed = seed, Starts = 3 });

    /// <summary>The number of components, by what they explain, by the core, and by entries that a fit has not
    /// seen.</summary>
    public static RankRow Judge(Mixtures mixtures, int rank, int seed)
    {
        var model = FitTensor(mixtures.Tensor, rank, seed);
        var random = new Random(seed);
        var counts = mixtures.Counts;
        bool[] isHeldOut = [.. counts.Select(count => !double.IsNaN(count) && random.Next(HeldOut) == 0)];
        var (excitations, emissions) = (mixtures.Excitations.Length, mixtures.Emissions.Length);
        var others = FitTensor(
            NmfTensor<double>.FromDense(
                [.. counts.Select((count, e) => isHeldOut[e] ? double.NaN : count)],
                [mixtures.Amounts.Length, excitations, emissions], MissingValues.NaN),
            rank, seed);
        double sum = 0;
        for (var e = 0; e < counts.Length; e++)
        {
            if (isHeldOut[e])
                sum += BetaDivergence.Value(
                    counts[e],
                    Math.Max(1e-6, others.Predict(
                        e / emissions / excitations, e / emissions % excitations, e % emissions)),
                    BetaDivergence.KullbackLeibler);
        }

        return new RankRow(rank, model.ExplainedPart, sum / isHeldOut.Count(held => held));
    }

    /// <summary>The components of the tensor.</summary>
    public static Found OfTensor(Mixtures mixtures, TensorNmfModel<double> model)
    {
        var (samples, excitations, emissions) = (model.Factors[0], model.Factors[1], model.Factors[2]);
        return Match(
            mixtures,
            [.. Enumerable.Range(0, model.Rank).Select(k => (double[])
            [
                .. from i in Enumerable.Range(0, excitations.Rows)
                   from j in Enumerable.Range(0, emissions.Rows)
                   select excitations[i, k] * emissions[j, k],
            ])],
            [.. Enumerable.Range(0, model.Rank).Select(
                k => Enumerable.Range(0, samples.Rows).Select(n => samples[n, k]).ToArray())]);
    }

    /// <summary>The components of the matrix that has a column for every pair of wavelengths.</summary>
    public static Found OfMatrix(Mixtures mixtures, int rank, int seed)
    {
        var model = NmfFactorizer.Fit(
            mixtures.Matrix,
            new NmfOptions
            {
                Rank = rank, Problem = BetaDivergence.KullbackLeibler, Seed = seed, Starts = 3,
                Iterations = new() { MaximumIterations = 500, Tolerance = 1e-6 },
            });
        return Match(
            mixtures,
            [.. Enumerable.Range(0, rank).Select(
                k => Enumerable.Range(0, model.Dictionary.Rows).Select(f => model.Dictionary[f, k]).ToArray())],
            [.. Enumerable.Range(0, rank).Select(
                k => Enumerable.Range(0, model.Activations.Rows).Select(n => model.Activations[n, k]).ToArray())]);
    }

    public static double Cosine(double[] a, double[] b)
    {
        double product = 0, squaresA = 0, squaresB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += a[i] * b[i];
            squaresA += a[i] * a[i];
            squaresB += b[i] * b[i];
        }

        return squaresA > 0 && squaresB > 0 ? product / Math.Sqrt(squaresA * squaresB) : 0;
    }

    // Which component is which dye: the pairs whose pictures are most alike, one after the other. Where nothing was
    // measured pictures are not compared.
    private static Found Match(Mixtures mixtures, double[][] pictures, double[][] amounts)
    {
        var free = Enumerable.Range(0, pictures.Length).ToList();
        var (ofDye, cosines) = (new int[Mixtures.Dyes], new double[Mixtures.Dyes]);
        var pixels = pictures[0].Length;
        int[] seen = [.. Enumerable.Range(0, pixels).Where(p => !double.IsNaN(mixtures.Counts[p]))];
        foreach (var (dye, k, cosine) in (
            from dye in Enumerable.Range(0, Mixtures.Dyes)
            let truth = mixtures.Picture(dye)
            from k in free
            let cosine = Cosine([.. seen.Select(p => pictures[k][p])], [.. seen.Select(p => truth[p])])
            orderby cosine descending
            select (dye, k, cosine)).ToArray())
        {
            if (cosines[dye] > 0 || !free.Remove(k))
                continue;
            (ofDye[dye], cosines[dye]) = (k, Math.Max(cosine, double.Epsilon));
        }

        return new Found(
            [.. ofDye.Select(k => pictures[k])],
            [.. Enumerable.Range(0, mixtures.Amounts.Length).Select(n => ofDye.Select(k => amounts[k][n]).ToArray())],
            cosines,
            [.. Enumerable.Range(0, Mixtures.Dyes).Select(
                dye => Cosine(amounts[ofDye[dye]], [.. mixtures.Amounts.Select(mixture => mixture[dye])]))]);
    }
}
