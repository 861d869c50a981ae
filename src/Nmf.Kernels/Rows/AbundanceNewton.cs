using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>
/// Abundances of one row for any β but 2: <c>min D_β(v | W h)</c> over h ≥ 0, Σ h = 1 or Σ h ≤ 1, where the rest is
/// the abundance of one more component, zero in all features. Projected Newton: the quadratic model with the curvature
/// of the convex part of D is minimised on the simplex exactly (<see cref="SimplexQuadratic"/>), and the step is
/// halved until it lowers D by a part of what the gradient promises (Armijo), so that D falls at every step and every
/// limit is a stationary point (Bertsekas, "Projected Newton methods for optimization problems with simple
/// constraints", 1982; Tseng and Yun, "A coordinate gradient descent method for nonsmooth separable minimization",
/// 2009). For 1 ≤ β &lt; 2 that is the minimum.
/// </summary>
/// <remarks>In double. A step costs F K² / 2 operations; β = 1 visits the non-zeros of the row only, other β all
/// features that the dictionary has.</remarks>
internal sealed unsafe class AbundanceNewton<T> : RowAlgorithm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Patience = 10;
    private const double SufficientPart = 1e-4;
    private const int MostHalvings = 60;
    private const int MostFaces = 1000;

    // Against linear dependence: a part of each curvature, small enough not to slow the method down.
    private const double Ridge = 1e-7;

    // A step may take so much of the model of a datum that is not zero. The divergence is infinitely steep
    // where such a model ends.
    private const double LargestPart = 0.9;

    // The second derivative of y^β at 0 is infinite for β < 2, its effect is not: in it y is at least this part of the
    // largest dictionary entry of the feature.
    private const double SmallestShare = 1e-3;

    // A change of D below this part of its terms is rounding.
    private const double Rounding = 1e-13;

    private readonly int _rank;
    private readonly int _vertices;
    private readonly int[] _places;
    private readonly int _features;
    private readonly Matrix<double> _dictionary;
    private readonly double[] _sums;
    private readonly double[] _steepest;
    private readonly double _beta;
    private readonly double _tolerance;
    private readonly int _maximumIterations;
    private readonly double _floor;

    public AbundanceNewton(RowDictionary<T> dictionary, RowSolverOptions options)
    {
        (_rank, _beta, _tolerance, _maximumIterations) = (dictionary.Rank, options.Beta, options.Tolerance,
            options.MaximumIterations);
        _vertices = _rank + (options.Abundances == SumConstraint.SumToAtMostOne ? 1 : 0);

        // A feature that no component has adds a constant, or infinity.
        _places = new int[dictionary.Features];
        for (var f = 0; f < _places.Length; f++)
            _places[f] = TensorPrimitives.Max<T>(dictionary.Rows.Row(f)) > T.Zero ? _features++ : -1;
        _dictionary = new Matrix<double>(_rank, Math.Max(1, _features));
        _sums = new double[_rank];
        _steepest = new double[_beta is > 1 and < 2 ? _features : 0];
        for (var f = 0; f < _places.Length; f++)
        {
            if (_places[f] >= 0 && _steepest.Length > 0)
                _steepest[_places[f]] = Math.Pow(
                    SmallestShare * double.CreateTruncating(TensorPrimitives.Max<T>(dictionary.Rows.Row(f))),
                    _beta - 2);
            for (var k = 0; k < _rank && _places[f] >= 0; k++)
                _sums[k] += _dictionary[k, _places[f]] = double.CreateTruncating(dictionary.Rows[f, k]);
        }

        // As low as y^(β-3), the steepest power, allows without overflow.
        _floor = Math.Pow(10, -240 / Math.Max(1, 3 - _beta));
    }

    public override bool SolvesZeros => true;

    public override int Solve(int count, RowSolver<T>.Scratch scratch)
    {
        var row = Load(count, scratch);
        var n = _vertices;
        double* h = row.Vertices, moved = h + n, direction = moved + n, gradient = direction + n, q = gradient + n,
            gram = q + n;
        var quadratic = gram + (n * n);
        new Span<double>(h, n).Fill(1.0 / n);
        var objective = Objective(row, h, out var size);
        var near = 0;
        scratch.Converged = false;
        var iteration = 0;
        while (iteration < _maximumIterations && !scratch.Converged)
        {
            iteration++;
            Model(row, h, gradient, gram, q);
            SimplexQuadratic.Solve(gram, n, q, n, moved, quadratic, MostFaces);
            double farthest = 0, largest = 0, level = 0;
            var best = 0;
            for (var k = 0; k < n; k++)
            {
                direction[k] = moved[k] - h[k];
                farthest = Math.Max(farthest, Math.Abs(direction[k]));
                largest = k < _rank ? Math.Max(largest, moved[k]) : largest;
                level += gradient[k] * h[k];
                best = gradient[k] < gradient[best] ? k : best;
            }

            // Small steps end it when no vertex promises more. If one goes on to promise more than the quadratic model,
            // whose curvature may be far too large for it, one step is towards that vertex (Frank and Wolfe 1956); what
            // is promised after that is rounding.
            near = farthest <= _tolerance * largest ? near + 1 : 0;
            scratch.Converged = near > 2 * Patience || (near > 0 && level - gradient[best] <= _tolerance * size);
            for (var k = 0; k < n && near == Patience; k++)
                direction[k] = (k == best ? 1 : 0) - h[k];

            if (!Step(row, h, direction, gradient, moved, ref objective, ref size))
            {
                scratch.Converged = true;
                break;
            }
        }

        for (var k = 0; k < _rank; k++)
            scratch.H[k] = h[k];
        return iteration;
    }

    // Goes along a direction, as far as D falls enough or the fall is rounding; false where the
    // gradient promises nothing.
    private bool Step(
        in Visited row, double* h, double* direction, double* gradient, double* moved, ref double objective,
        ref double size)
    {
        double slope = 0;
        for (var k = 0; k < _vertices; k++)
            slope += gradient[k] * direction[k];
        if (!(slope < 0))
            return false;
        var step = LongestStep(row, direction);
        for (var halving = 0; ; halving++, step /= 2)
        {
            for (var k = 0; k < _vertices; k++)
                moved[k] = h[k] + (step * direction[k]);
            var next = Objective(row, moved, out var nextSize);
            if (next <= objective + (SufficientPart * step * slope) || -slope * step <= Rounding * size
                || halving == MostHalvings)
            {
                (objective, size) = (next, nextSize);
                new ReadOnlySpan<double>(moved, _vertices).CopyTo(new Span<double>(h, _vertices));
                return true;
            }
        }
    }

    /// <summary>The features that are visited: their values, their part of the dictionary, component by component, and
    /// room for as many numbers thrice.</summary>
    private readonly struct Visited
    {
        public required int Count { get; init; }

        public required double* Values { get; init; }

        public required double* Dictionary { get; init; }

        public required nint Stride { get; init; }

        public required double* Model { get; init; }

        public required double* Vertices { get; init; }

        public Span<double> Numbers(int vector) => new(Model + (vector * (nint)Count), Count);

        public ReadOnlySpan<double> V => new(Values, Count);

        public ReadOnlySpan<double> Component(int k) => new(Dictionary + (k * Stride), Count);
    }

    private Visited Load(int count, RowSolver<T>.Scratch scratch)
    {
        var isSparse = _beta == 1;
        var most = isSparse ? Math.Min(count, _features) : _features;
        var gathers = isSparse && most < _features;
        var vertexNumbers = (5L * _vertices) + ((long)_vertices * _vertices)
            + SimplexQuadratic.ScratchLength(_vertices);
        var values = scratch.Numbers((4L * most) + vertexNumbers + (gathers ? (long)_rank * most : 0));
        var panel = values + (4L * most) + vertexNumbers;
        var visited = 0;
        if (!isSparse)
            new Span<double>(values, most).Clear();
        for (var j = 0; j < count; j++)
        {
            var place = _places[scratch.Indices[j]];
            if (place < 0)
                continue;
            var value = double.CreateTruncating(scratch.Values[j]);
            values[isSparse ? visited : place] = value;
            for (var k = 0; k < _rank && gathers; k++)
                panel[(k * (long)most) + visited] = _dictionary[k, place];
            visited++;
        }

        return new Visited
        {
            Count = isSparse ? visited : most,
            Values = values,
            Dictionary = gathers ? panel : _dictionary.Data,
            Stride = gathers ? most : _dictionary.Stride,
            Model = values + most,
            Vertices = values + (4L * most),
        };
    }

    // W h, not below the floor, into the first vector.
    private Span<double> ModelOf(in Visited row, double* h)
    {
        var y = row.Numbers(0);
        Combine(row, h, y);
        TensorPrimitives.Max(y, _floor, y);
        return y;
    }

    private void Combine(in Visited row, double* weights, Span<double> sum)
    {
        sum.Clear();
        for (var k = 0; k < _rank; k++)
        {
            if (weights[k] != 0)
                TensorPrimitives.MultiplyAdd(row.Component(k), weights[k], sum, sum);
        }
    }

    // The model is still that of the last gradient.
    private double LongestStep(in Visited row, double* direction)
    {
        Span<double> y = row.Numbers(0), change = row.Numbers(2);
        Combine(row, direction, change);
        double longest = 1;
        for (var f = 0; f < change.Length; f++)
        {
            if (-change[f] * longest > LargestPart * y[f] && row.Values[f] > 0)
                longest = LargestPart * y[f] / -change[f];
        }

        return longest;
    }

    // D but for what does not depend on h, and the size of the terms that it is the sum of.
    private double Objective(in Visited row, double* h, out double size)
    {
        var y = ModelOf(row, h);
        var terms = row.Numbers(1);
        double data, model = 0;
        switch (_beta)
        {
            case 1:
                TensorPrimitives.Log(y, terms);
                data = -TensorPrimitives.Dot(row.V, terms);
                for (var k = 0; k < _rank; k++)
                    model += _sums[k] * h[k];
                break;
            case 0:
                TensorPrimitives.Divide(row.V, y, terms);
                data = TensorPrimitives.Sum<double>(terms);
                TensorPrimitives.Log(y, terms);
                model = TensorPrimitives.Sum<double>(terms);
                break;
            default:
                Power(y, terms, _beta - 1);
                data = -TensorPrimitives.Dot(row.V, terms) / (_beta - 1);
                model = TensorPrimitives.Dot<double>(y, terms) / _beta;
                break;
        }

        size = Math.Abs(data) + Math.Abs(model);
        return data + model;
    }

    // The gradient, the curvature of the convex part of D, and q of the quadratic model ½ xᵀ G x - qᵀ x.
    private void Model(in Visited row, double* h, double* gradient, double* gram, double* q)
    {
        var n = _vertices;
        var y = ModelOf(row, h);
        var weights = row.Numbers(1);
        var rest = row.Numbers(2);
        if (_beta == 1)
        {
            TensorPrimitives.Divide(row.V, y, rest);
            TensorPrimitives.Divide(rest, y, weights);
        }
        else
        {
            Power(y, weights, _beta - 2);
            TensorPrimitives.Subtract(y, row.V, rest);
            TensorPrimitives.Multiply(rest, weights, rest);
        }

        new Span<double>(gradient, n).Clear();
        for (var k = 0; k < _rank; k++)
            gradient[k] = _beta == 1
                ? _sums[k] - TensorPrimitives.Dot(row.Component(k), rest)
                : TensorPrimitives.Dot(row.Component(k), rest);
        if (_beta != 1)
            Curvature(row.V, y, weights, rest);
        new Span<double>(gram, n * n).Clear();
        for (var k = 0; k < _rank; k++)
        {
            TensorPrimitives.Multiply(row.Component(k), weights, rest);
            for (var j = 0; j <= k; j++)
                gram[(k * n) + j] = gram[(j * n) + k] = TensorPrimitives.Dot(row.Component(j), rest);
        }

        for (var k = 0; k < n; k++)
        {
            gram[(k * n) + k] *= 1 + Ridge;
            q[k] = TensorPrimitives.Dot(new ReadOnlySpan<double>(gram + (k * n), n), new ReadOnlySpan<double>(h, n))
                - gradient[k];
        }
    }

    // (2 - β) v y^(β-3) + (β - 1) y^(β-2), of each term the part that is convex; y^(β-2) is given.
    private void Curvature(ReadOnlySpan<double> v, Span<double> y, Span<double> power, Span<double> room)
    {
        if (_beta > 2)
        {
            TensorPrimitives.Multiply(power, _beta - 1, power);
            return;
        }

        TensorPrimitives.Divide(v, y, room);
        TensorPrimitives.Multiply(room, 2 - _beta, room);
        TensorPrimitives.Multiply(room, power, room);
        if (_beta > 1)
        {
            TensorPrimitives.Min(power, _steepest, power);
            TensorPrimitives.MultiplyAdd(power, _beta - 1, room, power);
        }
        else
        {
            room.CopyTo(power);
        }
    }

    private static void Power(Span<double> y, Span<double> result, double exponent)
    {
        fixed (double* source = y, target = result)
            ModelPower<double>.Compute(source, target, y.Length, exponent);
    }
}
