using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The objective of the factors that a fit returns, whatever it fitted.</summary>
internal static class FinalObjective
{
    private const int MostOutlierPasses = 100;
    private const double OutlierTolerance = 1e-7;

    /// <param name="data">Data.</param>
    /// <param name="options">What was fitted.</param>
    /// <param name="w">Dictionary.</param>
    /// <param name="h">Activations.</param>
    /// <param name="norms">Norms of the outlier parts where inference has found them, else null.</param>
    /// <param name="team">Threads to use.</param>
    /// <returns>The objective, what of it is a prior, and the norms of the outlier parts, none without
    /// an outlier term.</returns>
    public static (double Objective, double Prior, double[] OutlierNorms) Evaluate<T>(
        NmfData<T> data, NmfOptions options, Matrix<T> w, Matrix<T> h, double[]? norms, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (options.Outliers is { } outliers)
            return Robust(data, options, outliers, w, h, norms, team);
        if (options.Measure is BernoulliLikelihood likelihood)
            return Bernoulli(data, likelihood, w, h, team);
        var pass = options.Measure is { } measure
            ? data.CreatePass(w.Columns, measure, team)
            : data.CreatePass(w.Columns, options.Beta, team);
        return (pass.Objective(w, h), 0, []);
    }

    private static (double Objective, double Prior, double[] OutlierNorms) Robust<T>(
        NmfData<T> data, NmfOptions options, OutlierPenalty outliers, Matrix<T> w, Matrix<T> h, double[]? norms,
        WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pass = data.CreateRobustPass(options.Rank, options.Beta, outliers, team);
        if (norms is not null)
        {
            norms.CopyTo(pass.OutlierNorms);
            return (pass.Objective(w, h), 0, norms);
        }

        // The activations are those of the fit: only R is to be found for them.
        var objective = pass.Objective(w, h);
        for (var i = 0; i < MostOutlierPasses; i++)
        {
            var previous = objective;
            objective = pass.Objective(w, h);
            if (previous - objective <= OutlierTolerance * Math.Abs(objective))
                break;
        }

        return (objective, 0, pass.OutlierNorms.ToArray());
    }

    private static (double Objective, double Prior, double[] OutlierNorms) Bernoulli<T>(
        NmfData<T> data, BernoulliLikelihood likelihood, Matrix<T> w, Matrix<T> h, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rest = new Matrix<T>(h.Rows, h.Columns);
        for (var n = 0; n < h.Rows; n++)
            System.Numerics.Tensors.TensorPrimitives.Subtract(T.One, h.Row(n), rest.Row(n));
        var ones = data.CreatePass(w.Columns, BetaDivergence.KullbackLeibler, team);
        var zeros = data.CreateComplementPass(w.Columns, team);
        var prior = BernoulliPrior.Penalty(h, rest, likelihood);
        return (ones.Objective(w, h) + zeros.Objective(w, rest) + prior, prior, []);
    }
}
