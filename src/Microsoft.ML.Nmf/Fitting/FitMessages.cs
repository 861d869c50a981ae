using System.Numerics.Tensors;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>What a fit says before and after its iterations.</summary>
internal sealed class FitMessages(IChannel channel, NmfOptions options)
{
    private const float CollapsedPart = 0.03f;

    // Of the abundances of a pixel.
    private const double UsualSum = 1;

    // Materials that reflect two per cent are as real as others.
    private const float DarkPart = 0.01f;

    /// <summary>What a message calls a problem.</summary>
    public static string NameOf(NmfProblem problem)
        => problem.BetaOrNull is { } beta ? $"beta {beta}" : problem.Entry.ToString();

    /// <summary>Warns where a fit has ended before it has converged, though it was to.</summary>
    public static void WarnOfEnd(
        IChannel channel, StopReason reason, int iterations, double tolerance, string unit = "iterations")
    {
        if (iterations == 0 || reason == StopReason.Converged
            || (reason == StopReason.MaximumIterations && tolerance == 0))
            return;
        channel.Warning(
            "The fit has not converged: it ended after {0} {1} ({2}). Allow more of them or more time, or raise the "
            + "tolerance.", iterations, unit, reason);
    }

    public void BeforeFit(NmfData<float> data)
    {
        channel.Info(
            "Factorizing {0} x {1} with rank {2}, {3}, solver {4}, at most {5} iterations, {6} start(s), seed {7}.",
            data.Samples, data.Features, options.Rank,
            NameOf(options.Problem), options.EffectiveSolverFor(data),
            options.Iterations.MaximumIterations, options.Starts, options.Seed);
        WarnOfScale();
        var largest = Math.Min(data.Samples, data.Features);
        if (options.Rank > largest && !options.Problem.FindsRank)
        {
            channel.Warning(
                "The rank {0} is above {1}, the smaller of {2} rows and {3} features: the data can be represented "
                + "exactly with fewer components.", options.Rank, largest, data.Samples, data.Features);
        }
    }

    private void WarnOfScale()
    {
        if (options.Problem is BetaNmf { Penalties: [var penalty] } problem && penalty.OnlyScales(problem.Beta))
            channel.Warning(
                "For beta = 1 the l1 penalty of the activations alone divides them by 1 + weight and makes none "
                + "sparse. Choose a LogPenalty or a GroupPenalty, or add an L1Penalty or L2Penalty of the dictionary.");
    }

    public void AfterFit(NmfModel<float> model)
    {
        channel.Info(
            "Stopped after {0} iterations ({1}): objective {2:G6}, explained part {3:0.####}, {4:0.###} s.",
            model.Report.Iterations, model.Report.StopReason, model.Objective, model.ExplainedPart,
            model.Report.Elapsed.TotalSeconds);
        if (model.Options.Problem != options.Problem)
            channel.Info("From the data: {0}.", model.Options.Problem.Decision);
        WarnOfEnd(channel, model.Report.StopReason, model.Report.Iterations, options.Iterations.Tolerance);
        if (model.UnsolvedRows > 0)
            channel.Warning(
                "The activations of {0} of {1} rows have not reached the inference tolerance {2} within {3} "
                + "iterations, and those of rows like them will not either: raise the one or the other.",
                model.UnsolvedRows, model.Activations.Rows, options.Inference.Tolerance,
                options.Inference.MaximumIterations);
        if (model.Relevance is { } relevance)
        {
            channel.Info(
                "{0} of {1} components are relevant; their relevances: {2}. A component that has died out has {3:G4}.",
                relevance.EffectiveRank, relevance.StartingRank,
                string.Join(", ", relevance.SortedWeights.Take(relevance.EffectiveRank).Select(
                    weight => $"{weight:G4}")),
                relevance.Parameters.Floor);
            if (relevance.EffectiveRank == relevance.StartingRank)
                channel.Warning(
                    "All {0} components are relevant: start from more, so that the rank can be found.",
                    relevance.StartingRank);
            // A divergence of half the dispersion is what noise of this dispersion leaves in an entry.
            var dispersion = 2 * model.Objective / ((double)model.Dictionary.Rows * model.Activations.Rows);
            if (relevance.EffectiveRank == 1 && dispersion < relevance.Parameters.Dispersion / 2)
                channel.Warning(
                    "One component is relevant, because the dispersion {0:G4} takes what the others would explain for "
                    + "noise. What this one leaves has a dispersion of about {1:G4}: choose one below that.",
                    relevance.Parameters.Dispersion, dispersion);
        }

        var dead = model.Contributions.Count(share => share == 0);
        if (dead > 0)
            channel.Warning(
                "{0} of {1} components are zero: the data do not need them. Lower the rank.", dead, options.Rank);
        if (options.Problem is AbundanceNmf)
        {
            channel.Info(
                "Minimised {0}; {1} of {2} pixels have next to no light and took no part.", model.Options.Problem,
                model.LeftOut, model.Activations.Rows);
            WarnOfCollapse(model);
        }

        var features = 0;
        for (var f = 0; f < model.Dictionary.Rows; f++)
        {
            if (!model.Dictionary.Row(f).ContainsAnyExcept(0f))
                features++;
        }

        if (features > 0)
        {
            channel.Warning(
                "{0} of {1} features have zero weight in every component; "
                + "a feature that is zero in every row always does.", features, model.Dictionary.Rows);
        }
    }

    public void BeforeSelection(NmfData<float> data, int size) => channel.Info(
        "Selecting from {0} spectra of {1} bands for {2} pixels.", size, data.Features, data.Samples);

    public void AfterSelection(LibraryModel<float> found, int size)
    {
        const int Most = 20;
        var present = found.Spectra.Where(spectrum => spectrum.Pixels > 0)
            .OrderByDescending(spectrum => spectrum.Abundance).ToArray();
        channel.Info(
            "{0} of {1} spectra are present, explained part {2:0.####}, lambda {3:G4}: {4}.", present.Length, size,
            found.Model.ExplainedPart, found.Lambda,
            string.Join("; ", present.Take(Most).Select(
                spectrum => $"{spectrum.Name}: abundance {spectrum.Abundance:0.#} in {spectrum.Pixels} pixels"))
            + (present.Length > Most ? "; and others" : ""));
        WarnOfEnd(channel, found.Model.Report.StopReason, found.Model.Report.Iterations, tolerance: 1);
        var lit = found.Model.Activations.Rows - found.Model.LeftOut;
        var sum = found.Spectra.Sum(spectrum => spectrum.Abundance) / Math.Max(lit, 1);
        if (present.Length == 0 || found.Model.ExplainedPart < 0 || !(sum is > UsualSum / 10 and < 10 * UsualSum))
            channel.Warning(
                "The library does not describe these pixels: abundances of a pixel sum to {0:G3} on average, and the "
                + "explained part is {1:0.###}. Spectra and pixels must be in the same unit: reflectances of 0 to 1 "
                + "are often stored as 0 to 10,000.", sum, found.Model.ExplainedPart);
    }

    // What too much volume penalty or too high a rank leaves: two endmembers that are nearly the same, or one with
    // hardly any light. Where pixels have a brightness of their own lengths mean nothing, and directions are compared.
    private void WarnOfCollapse(NmfModel<float> model)
    {
        var isShaded = model.Options.Problem is AbundanceNmf { Sum: AbundanceConstraint.Shaded };
        var columns = new float[model.Dictionary.Columns][];
        var norms = new float[columns.Length];
        for (var k = 0; k < columns.Length; k++)
        {
            columns[k] = [.. Enumerable.Range(0, model.Dictionary.Rows).Select(f => model.Dictionary[f, k])];
            norms[k] = TensorPrimitives.Norm<float>(columns[k]);
            if (isShaded && norms[k] > 0)
                TensorPrimitives.Divide(columns[k], norms[k], columns[k]);
        }

        var (longest, unit) = (norms.Max(), isShaded ? 1 : norms.Max());
        for (var k = 0; k < columns.Length; k++)
        {
            if (!isShaded && norms[k] > 0 && norms[k] < DarkPart * longest)
                channel.Warning(
                    "Endmember {0} has hardly any light: its length is {1:0.####} of that of the longest spectrum. "
                    + "Lower the rank or the weight of the volume penalty.", k, norms[k] / longest);
            for (var j = 0; j < k; j++)
            {
                var distance = TensorPrimitives.Distance<float>(columns[j], columns[k]);
                if (distance < CollapsedPart * unit)
                    channel.Warning(
                        "Endmembers {0} and {1} have collapsed: their distance is {2:0.###} of {3}. Lower the rank or "
                        + "the weight of the volume penalty.", j, k, distance / unit,
                        isShaded ? "their length, made equal" : "the longest spectrum");
            }
        }
    }
}
