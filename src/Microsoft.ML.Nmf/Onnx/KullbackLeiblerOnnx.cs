namespace Microsoft.ML.Transforms.Onnx;

/// <summary>
/// Inference for β = 1 as an unrolled graph of Newton steps for all rows at once: <c>min_{h ≥ 0} Σ_k s_k h_k - Σ_f v_f
/// log (W h)_f</c>, by sequential quadratic programming (Lee, Sun and Saunders, "Proximal Newton-type methods for
/// minimizing composite functions", 2014), as the .NET inference does it, with graphs for its parts.
/// </summary>
/// <remarks>
/// <para>With y = W h, r = v / y and components of unit sum, a step minimises ½ xᵀA x - qᵀx over x ≥ 0, where A = Wᵀ
/// diag(a / y) W and q = Wᵀa - 1 + Wᵀr. a = r would be Newton's method, which overshoots far from the solution where r
/// is small; a = 1, the expected curvature, does not (Fisher scoring). a = r + b (1 - r) with b falling from one to
/// zero leads from one to the other. Before the first step stands one of expectation maximisation, h ← h Wᵀr; after a
/// step no y is less than a part of what it was, which bounds what an overshoot costs.</para>
/// <para>The quadratic problem is solved by Peaceman-Rachford splitting in the metric of D = diag A: t ← t₀ + |t| S,
/// with t = D s, S = 2ρ (A + ρD)⁻¹ D - I. A + ρD is one product of a / y with the products of components, F x K². Its
/// inverse comes from Newton's iteration for inverses (Schulz 1933), X ← X (2I - M X), each step scaled so that the
/// spectrum, which lies between ρ and K + ρ in units of D, stays centred at one (Pan and Schreiber, "An improved Newton
/// iteration for the generalized inverse of a matrix", 1991); the scales are gathered in one factor at the end.</para>
/// </remarks>
internal sealed class KullbackLeiblerOnnx
{
    private const double Penalty = 0.3;
    private const double Blend = 0.3;
    private const double SmallestBlend = 1e-4;
    private const double SmallestPart = 0.1;
    private const double InverseError = 1e-4;
    private const float SmallestShare = 1e-20f;
    private const float SmallestModel = 1e-12f;
    private const float Tiny = 1e-30f;
    private const int InnerIterations = 10;

    // One Newton step for so many of the iterations asked for: 200 give 7.
    private const int IterationsOfStep = 28;

    // Beyond this the table of products of components is left to the splitting that does without.
    private const long LargestTable = 1 << 22;

    private readonly OnnxGraph _graph;
    private readonly int _features;
    private readonly int _rank;
    private readonly List<string> _scaledIdentities = [];
    private readonly (string Products, string Squares, string Scaled, string Components) _dictionary;
    private readonly (string Identity, string Start, string Gain, string Shift, string Zero, string Tiny) _constants;

    private KullbackLeiblerOnnx(OnnxGraph graph, UnitComponents components)
    {
        (_graph, _features, _rank) = (graph, components.Features, components.Rank);

        // The spectrum of the start, in units of its centre, reaches from 1 - error to 1 + error.
        var (error, gain) = (_rank / (_rank + (2 * Penalty)), 1.0);
        while (error > InverseError)
        {
            _scaledIdentities.Add(graph.Constant(Identity(2 / gain), 1, _rank, _rank));
            var square = error * error;
            gain *= gain * 2 / (2 - square);
            error = square / (2 - square);
        }

        _dictionary = Dictionary(components);
        _constants = (
            graph.Constant(Identity(1), 1, _rank, _rank), graph.Constant((float)(2 / (_rank + (2 * Penalty)))),
            graph.Constant((float)(2 * gain * Penalty)), graph.Constant((float)(1 / Penalty)), graph.Constant(0),
            graph.Constant(Tiny));
    }

    /// <summary>Adds the steps to the graph.</summary>
    /// <param name="graph">Graph.</param>
    /// <param name="model">Dictionary.</param>
    /// <param name="rows">Name of the rows, N x F.</param>
    /// <param name="iterations">Iterations asked for.</param>
    /// <returns>Name of the activations, N x K.</returns>
    public static string Activations(OnnxGraph graph, NmfModelParameters model, string rows, int iterations)
    {
        if ((long)model.FeatureCount * model.Rank * model.Rank > LargestTable)
            return PoissonSplittingOnnx.Activations(graph, model, rows, iterations);
        var components = new UnitComponents(model);
        return new KullbackLeiblerOnnx(graph, components).Activations(
            rows, components, Math.Max(1, iterations / IterationsOfStep));
    }

    private string Activations(string rows, UnitComponents components, int steps)
    {
        // Rows of unit sum, so that floors fit them; a row of zeros stays zero because its mass is.
        var mass = _graph.RowSums(rows);
        var share = _graph.Apply("Div", _features, rows, _graph.Apply("Max", 1, mass, _constants.Tiny));
        share = _graph.Apply("Max", _features, share, _graph.Constant(SmallestShare));
        var v = _graph.Reshape(share, _features, -1, 1, _features);

        // One step of expectation maximisation from flat activations: everything but v is a constant.
        var flat = components.Sum();
        var first = _graph.Constant(
            [.. flat.Select(y => (float)(1 / Math.Max(y, SmallestModel)))], 1, 1, _features);
        var h = _graph.Apply("MatMul", _rank, _graph.Apply("Mul", _features, v, first), _dictionary.Scaled);
        h = _graph.Apply("Mul", _rank, h, _graph.Constant((float)(Penalty / _rank)));
        var model = _graph.Apply(
            "Max", _features, _graph.Apply("MatMul", _features, h, _dictionary.Components),
            _graph.Constant(SmallestModel));
        for (var (step, blend) = (0, 1.0); step < steps; step++, blend *= Blend)
            (h, model) = Step(v, h, model, blend > SmallestBlend ? blend : 0, step < steps - 1);
        var scale = _graph.Constant(
            [.. components.Sums.Select(sum => sum > 0 ? (float)(1 / sum) : 0)], 1, _rank);
        h = _graph.Apply("Mul", _rank, _graph.Reshape(h, _rank, -1, _rank), scale);
        return _graph.Apply("Mul", _rank, h, mass);
    }

    private (string H, string Model) Step(string v, string h, string model, double blend, bool another)
    {
        var ratio = _graph.Apply("Div", _features, v, model);
        var back = _graph.Apply("MatMul", _rank, ratio, _dictionary.Scaled);
        var fall = _graph.Apply("Sub", _rank, back, _constants.Shift);
        if (blend > 0)
        {
            ratio = _graph.Apply("Mul", _features, ratio, _graph.Constant((float)(1 - blend)));
            ratio = _graph.Apply("Add", _features, ratio, _graph.Constant((float)blend));
            back = _graph.Apply("MatMul", _rank, ratio, _dictionary.Scaled);
        }

        var curvature = _graph.Apply("Div", _features, ratio, model);
        var diagonal = _graph.Apply(
            "Max", _rank, _graph.Apply("MatMul", _rank, curvature, _dictionary.Squares), _constants.Tiny);
        var inverse = _graph.Apply(
            "Mul", _rank, Inverse(curvature, diagonal), _graph.Apply("Mul", _rank, diagonal, _constants.Gain));
        var turn = _graph.Apply("Sub", _rank, inverse, _constants.Identity);
        var drive = _graph.Apply("MatMul", _rank, _graph.Apply("Add", _rank, back, fall), inverse);

        // The multipliers of components that would fall are part of the start.
        var state = _graph.Apply(
            "Add", _rank, _graph.Apply("Mul", _rank, diagonal, h), _graph.Apply("Min", _rank, fall, _constants.Zero));
        for (var i = 0; i < InnerIterations; i++)
        {
            state = _graph.Apply(
                "Add", _rank, drive, _graph.Apply("MatMul", _rank, _graph.Apply("Abs", _rank, state), turn));
        }

        h = _graph.Apply("Div", _rank, _graph.Apply("Relu", _rank, state), diagonal);
        if (!another)
            return (h, model);
        return (h, _graph.Apply(
            "Max", _features, _graph.Apply("MatMul", _features, h, _dictionary.Components),
            _graph.Apply("Mul", _features, model, _graph.Constant((float)SmallestPart)),
            _graph.Constant(SmallestModel)));
    }

    // (A + ρD)⁻¹ without the gain.
    private string Inverse(string curvature, string diagonal)
    {
        var matrix = _graph.Reshape(
            _graph.Apply("MatMul", _rank * _rank, curvature, _dictionary.Products), _rank, -1, _rank, _rank);
        var inverse = _graph.Apply(
            "Mul", _rank, _constants.Identity, _graph.Apply("Div", _rank, _constants.Start, diagonal));
        foreach (var identity in _scaledIdentities)
        {
            var rest = _graph.Apply("Sub", _rank, identity, _graph.Apply("MatMul", _rank, matrix, inverse));
            inverse = _graph.Apply("MatMul", _rank, inverse, rest);
        }

        return inverse;
    }

    private float[] Identity(double scale)
    {
        var identity = new float[_rank * _rank];
        for (var k = 0; k < _rank; k++)
            identity[k * (_rank + 1)] = (float)scale;
        return identity;
    }

    private (string Products, string Squares, string Scaled, string Components) Dictionary(UnitComponents components)
    {
        var products = new float[_features * _rank * _rank];
        var squares = new float[_features * _rank];
        var scaled = new float[_features * _rank];
        for (var f = 0; f < _features; f++)
        {
            for (var a = 0; a < _rank; a++)
            {
                var weight = components[a, f];
                scaled[(f * _rank) + a] = (float)(weight / Penalty);

                // A component without weight: any curvature keeps its activation at zero.
                var square = components.Sums[a] > 0 ? weight * weight : 1.0 / _features / _features;
                squares[(f * _rank) + a] = (float)square;
                for (var b = 0; b < _rank; b++)
                {
                    products[(((f * _rank) + a) * _rank) + b] = (float)(a == b
                        ? (1 + Penalty) * square : weight * components[b, f]);
                }
            }
        }

        return (_graph.Constant(products, _features, _rank * _rank), _graph.Constant(squares, _features, _rank),
            _graph.Constant(scaled, _features, _rank), components.Constant(_graph));
    }
}
