using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fitted nonnegative dynamical system. Components are sorted by contribution unless some are fixed; dictionary
/// columns sum to one where the objective does not depend on their scale. The objective of the fit is
/// <c>D_IS(V | WH) + Σ α d_IS(h_n | A h_{n-1}) + λ_W Σ w</c>, and Σ log h in the maximum a posteriori form.
/// </summary>
/// <remarks>Immutable; may be read from several threads. A patent application exists on transforming signals with this
/// model (WO 2014/065342).</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DynamicalSystemModel<T> : SequenceNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[] _shapes;

    private DynamicalSystemModel(DynamicalSystemOptions options, DynamicalSystemStart<T> fitted, FitReport report)
        : base(fitted.Factors, report)
    {
        (Options, Transitions) = (options, fitted.Transitions);
        _shapes = options.EffectiveShapes();
    }

    /// <summary>The options of the fit; shapes of their own in the order of the components of the model.</summary>
    public DynamicalSystemOptions Options { get; }

    /// <summary>A, rank x rank: row i, column j is what component j now gives to component i next.</summary>
    public Matrix<T> Transitions { get; }

    /// <inheritdoc/>
    public override Matrix<T> Transform(
        NmfData<T> data, SequenceLayout? sequences = null, CancellationToken cancellationToken = default)
        => DynamicalSystem.Infer(Dictionary, Transitions, data, Options, sequences, cancellationToken);

    /// <summary>A filter that gives the activations of one frame after the other as they come.</summary>
    /// <param name="updates">Updates per frame.</param>
    public DynamicalSystemFilter<T> CreateFilter(int updates = 20) => new(Dictionary, Transitions, _shapes, updates);

    /// <summary>Expected activations after the last: <c>A h, A² h, …</c>. O(K²) for each.</summary>
    /// <param name="last">K activations.</param>
    /// <param name="samples">How many to predict, at least 0.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">The activations are not K.</exception>
    public Matrix<T> Forecast(ReadOnlySpan<T> last, int samples)
        => DynamicalSystem.Forecast(Transitions, last, samples);

    /// <summary>
    /// Draws a sequence from the model: activations <c>h_n = A h_{n-1} ∘ ξ</c>, ξ Gamma of shape α_k and mean 1 (1
    /// where the shape is 0), and data <c>W h_n ∘ ε</c>, ε exponential of mean 1.
    /// </summary>
    /// <param name="before">The K activations before the first sample.</param>
    /// <param name="samples">Length of the sequence.</param>
    /// <param name="seed">Seed; the same gives the same sequence.</param>
    /// <returns>samples x features data and samples x rank activations.</returns>
    /// <exception cref="ArgumentException">The activations are not K.</exception>
    public (Matrix<T> Data, Matrix<T> Activations) Sample(ReadOnlySpan<T> before, int samples, int seed)
    {
        if (before.Length != Transitions.Rows)
            throw new ArgumentException(
                $"Expected {Transitions.Rows} activations, got {before.Length}.", nameof(before));
        var random = new Random(seed);
        var (activations, data) = (new Matrix<T>(samples, Transitions.Rows), new Matrix<T>(samples, Dictionary.Rows));
        for (var n = 0; n < samples; n++)
        {
            var previous = n == 0 ? before : activations.Row(n - 1);
            var row = activations.Row(n);

            // Relative to the activations before, so that a sample has their unit.
            var largest = TensorPrimitives.Max(previous);
            var floor = T.ScaleB(ActivationFloor<T>.Value, largest > T.Zero ? T.ILogB(largest) : 0);
            for (var i = 0; i < row.Length; i++)
            {
                var mean = TensorPrimitives.Dot(Transitions.Row(i), previous);
                var innovation = _shapes[i] > 0 ? GammaNumbers.Draw(random, _shapes[i]) / _shapes[i] : 1;
                row[i] = T.Max(floor, mean * T.CreateSaturating(innovation));
            }

            for (var f = 0; f < Dictionary.Rows; f++)
                data.Row(n)[f] = TensorPrimitives.Dot(Dictionary.Row(f), activations.Row(n)) * T.CreateSaturating(
                    -Math.Log(1 - random.NextDouble()));
        }

        return (data, activations);
    }

    internal static DynamicalSystemModel<T> Create(
        DynamicalSystemOptions options, NmfData<T> inUnit, FitUnit unit, DynamicalSystemStart<T> fitted,
        FitReport report, WorkTeam team)
    {
        var explainedPart = SequenceFit.ExplainedPart(inUnit, fitted.Factors, team);
        var scale = SequenceFit.Finish(unit, options, fitted.Factors, options.IsScaleFree);
        if (options.KnownCount > 0)
            return new DynamicalSystemModel<T>(options, fitted, report) { ExplainedPart = explainedPart };
        if (scale.Length > 0)
            TransitionTerms<T>.Rescale(fitted.Transitions, Array.ConvertAll(scale, s => s > 0 ? s : 1));

        var order = Components.SortByContribution(fitted.Dictionary, fitted.Activations!);
        var before = fitted.Transitions.Clone();
        for (var i = 0; i < order.Length; i++)
        {
            for (var j = 0; j < order.Length; j++)
                fitted.Transitions[i, j] = before[order[i], order[j]];
        }

        if (options.Shapes is { } shapes)
            options = options with { Shapes = [.. order.Select(k => shapes[k])] };
        return new DynamicalSystemModel<T>(options, fitted, report) { ExplainedPart = explainedPart };
    }
}
