using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fitted co-factorisation: for each view V_v ≈ H_v W_vᵀ. Activations of all views are in one unit, in which those of
/// an average sample add up to about one; dictionaries carry the units of the data. Components are sorted by their mean
/// share in the views.
/// </summary>
/// <remarks>Immutable; may be read, and <see cref="Transform"/> called, from several threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class CoNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CoRowProblem<T> _rows;

    private CoNmfModel(
        CoNmfOptions options, Matrix<T>[] dictionaries, double[] weights, Matrix<T>[] activations, FitReport? report)
    {
        (Options, Dictionaries, Weights, Activations, Report) = (options, dictionaries, weights, activations, report);
        _rows = new CoRowProblem<T>(
            dictionaries, [.. dictionaries.Select((_, v) => options.View(v).Beta)], weights, options.Coupling,
            options.Inference);
    }

    /// <summary>The options of the fit; of a model that was loaded those that it needs, and defaults.</summary>
    public CoNmfOptions Options { get; }

    /// <summary>W of each view, features x rank.</summary>
    public IReadOnlyList<Matrix<T>> Dictionaries { get; }

    /// <summary>H of each view, samples x rank, of the training data, as the fit has left them; the same matrix where
    /// they are shared. Where a view has not seen a sample, they are what the others say.</summary>
    public IReadOnlyList<Matrix<T>> Activations { get; }

    /// <summary>α of each view, in the unit of its data: the one of its options, or what stands for null.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>How the fit went; the objective is that of all views together with their weights and the
    /// coupling. Null for a model that was loaded.</summary>
    public FitReport? Report { get; }

    /// <summary>For each view the part of its data that the model explains, 1 - D(V | H Wᵀ) / D(V | c) with c the best
    /// constant.</summary>
    public IReadOnlyList<double> ExplainedParts { get; private init; } = [];

    /// <summary>What the coupling adds to the objective: 0 where activations are shared.</summary>
    public double CouplingValue { get; private init; }

    /// <summary>Share of each component in the sum of a model, on average over the views.</summary>
    public IReadOnlyList<double> Contributions { get; private init; } = [];

    /// <summary>What rows are solved with.</summary>
    internal CoRowProblem<T> Rows => _rows;

    /// <summary>Activations of new samples in all views, from the views that are there: those of a missing view are
    /// what the others say.</summary>
    /// <param name="views">For each view of the fit samples x features, or null where it is missing; missing entries
    /// are left out, so that single samples may be missing, too. Weights do not matter here.</param>
    /// <param name="cancellationToken">Looked at before every sample.</param>
    /// <returns>For each view samples x rank. Samples of which nothing is observed have zeros.</returns>
    /// <exception cref="ArgumentException">The number of views, samples or features does not fit, or no view is
    /// there.</exception>
    /// <exception cref="NmfDataException">A view has a zero where its β does not allow one.</exception>
    public IReadOnlyList<Matrix<T>> Transform(
        IReadOnlyList<NmfData<T>?> views, CancellationToken cancellationToken = default)
    {
        var samples = RequireViews(views);
        Matrix<T>[] activations = [.. Dictionaries.Select(w => new Matrix<T>(samples, w.Columns))];
        using var team = new WorkTeam(Options.Threads ?? Environment.ProcessorCount);
        new CoRowWork<T>(_rows, views, activations, team.Threads, cancellationToken).Run(team);
        return activations;
    }

    /// <summary>A view as the model sees it from the views that are there, H Wᵀ: what a missing view would
    /// show.</summary>
    /// <param name="views">As in <see cref="Transform"/>.</param>
    /// <param name="view">Which view to predict, from 0.</param>
    /// <param name="cancellationToken">Looked at before every sample.</param>
    /// <returns>samples x features of the view.</returns>
    /// <exception cref="ArgumentException">There is no such view, or see <see cref="Transform"/>.</exception>
    public Matrix<T> Predict(
        IReadOnlyList<NmfData<T>?> views, int view, CancellationToken cancellationToken = default)
    {
        RequireView(view);
        return Reconstruct(view, Transform(views, cancellationToken)[view]);
    }

    /// <summary>H Wᵀ of a view.</summary>
    /// <param name="view">Which view, from 0.</param>
    /// <param name="activations">samples x rank.</param>
    /// <returns>samples x features.</returns>
    /// <exception cref="ArgumentException">There is no such view, or the rank does not fit.</exception>
    public Matrix<T> Reconstruct(int view, Matrix<T> activations)
    {
        ArgumentNullException.ThrowIfNull(activations);
        RequireView(view);
        var w = Dictionaries[view];
        if (activations.Columns != w.Columns)
            throw new ArgumentException(
                $"The activations have {activations.Columns} components, but the model has {w.Columns}.",
                nameof(activations));
        var model = new Matrix<T>(activations.Rows, w.Rows);
        for (var n = 0; n < model.Rows; n++)
            ReconstructRow(view, activations.Row(n), model.Row(n));
        return model;
    }

    /// <summary>Writes the model, little-endian, with a checksum; without <see cref="Report"/>.</summary>
    /// <param name="stream">A stream to write to; left open.</param>
    public void Save(Stream stream) => CoNmfFile.Write(this, stream);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="stream">A stream to read from, up to the end of the model; left open.</param>
    /// <exception cref="InvalidDataException">It is something else, of another precision, or damaged.</exception>
    public static CoNmfModel<T> Load(Stream stream) => CoNmfFile.Read<T>(stream);

    internal static CoNmfModel<T> FromParameters(
        CoNmfOptions options, Matrix<T>[] dictionaries, double[] weights, Matrix<T>[] activations,
        double[] explainedParts, double[] contributions, double couplingValue)
        => new(options, dictionaries, weights, activations, null)
        {
            ExplainedParts = explainedParts, Contributions = contributions, CouplingValue = couplingValue,
        };

    /// <summary>W h of one sample.</summary>
    internal void ReconstructRow(int view, ReadOnlySpan<T> activations, Span<T> model)
    {
        for (var f = 0; f < model.Length; f++)
            model[f] = TensorPrimitives.Dot(Dictionaries[view].Row(f), activations);
    }

    /// <summary>Makes a model of a finished fit, whose factors it takes over.</summary>
    internal static CoNmfModel<T> Create(
        CoupledData<T>[] data, CoNmfOptions options, CoSolver<T> fitted, FitReport report, WorkTeam team)
    {
        var (dictionaries, activations) = (fitted.Dictionaries, fitted.Activations);
        var coupling = fitted.Coupling();
        if (options.Coupling is SharedCoupling)
            SoftCoSolver<T>.Normalise(data, dictionaries, activations, DictionaryScaling.OverViews);
        double[] shares = new double[options.Rank], explained = new double[data.Length];
        for (var v = 0; v < data.Length; v++)
        {
            var measure = new BetaMeasure(data[v].Beta);
            explained[v] = ConstantModel.ExplainedPart(
                data[v].Data, measure,
                measure.Evaluate(data[v].Data, dictionaries[v], activations[v], team).Value);
            TensorPrimitives.MultiplyAdd<double>(
                Components.Contributions(dictionaries[v], activations[v]), 1.0 / data.Length, shares, shares);
            FitUnit.Scale(dictionaries[v], data[v].Unit.Dictionary);
        }

        ClearUnobserved(data, activations);
        int[] order = [.. Enumerable.Range(0, shares.Length).OrderByDescending(k => shares[k])];
        Matrix<T>[] distinct = [.. activations.Distinct().Select(h => Components.Select(h, order))];
        return new CoNmfModel<T>(
            options, [.. dictionaries.Select(w => Components.Select(w, order))],
            [.. data.Select(view => view.Weight * Math.Pow(2, -view.Unit.Data * view.Beta))],
            [.. activations.Select((_, v) => distinct[distinct.Length == 1 ? 0 : v])], report)
        {
            ExplainedParts = explained,
            CouplingValue = coupling,
            Contributions = [.. order.Select(k => shares[k])],
        };
    }

    // The floor stands for zero; and of a sample that no view has seen nothing is known.
    private static void ClearUnobserved(CoupledData<T>[] data, Matrix<T>[] activations)
    {
        for (var n = 0; n < activations[0].Rows; n++)
        {
            var isObserved = Array.Exists(data, view => view.Source.SampleWeight(n) > 0 && view.Source.HasObserved(n));
            foreach (var h in activations)
            {
                foreach (ref var entry in h.Row(n))
                    entry = !isObserved || entry <= ActivationFloor<T>.Value ? T.Zero : entry;
            }
        }
    }

    private void RequireView(int view)
    {
        if ((uint)view >= (uint)Dictionaries.Count)
            throw new ArgumentOutOfRangeException(nameof(view), view, $"The model has {Dictionaries.Count} views.");
    }

    private int RequireViews(IReadOnlyList<NmfData<T>?> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        if (views.Count != Dictionaries.Count)
            throw new ArgumentException(
                $"There are {views.Count} views, but the model has {Dictionaries.Count}: a missing one is null.",
                nameof(views));
        var samples = -1;
        for (var v = 0; v < views.Count; v++)
        {
            if (views[v] is not { } view)
                continue;
            if (view.Features != Dictionaries[v].Rows)
                throw new ArgumentException(
                    $"View {v} has {view.Features} features, but its dictionary has {Dictionaries[v].Rows}.",
                    nameof(views));
            if (samples >= 0 && view.Samples != samples)
                throw new ArgumentException(
                    $"View {v} has {view.Samples} samples, but a view before it has {samples}.", nameof(views));
            samples = view.Samples;
            view.RequireValidFor(Options.View(v).Beta);
        }

        return samples >= 0 ? samples : throw new ArgumentException("No view is there.", nameof(views));
    }
}
