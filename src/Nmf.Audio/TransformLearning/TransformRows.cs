using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>What a fit with a learnt transform computes entry by entry: coefficients, powers, model, and the parts of
/// gradient and curvature; and rows of matrices of the size of the transform. Cut by rows, summed in their order.
/// </summary>
internal sealed class TransformRows<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 16;

    // Rows of a power of two would all lie in the same few sets of the cache.
    private const int Apart = 16;

    private readonly T _floor;
    private readonly WorkTeam _team;
    private readonly double[] _sums;
    private readonly T[][] _scratch;
    private readonly T[][] _columns;
    private Work _work;
    private Matrix<T>? _first;
    private Matrix<T>? _second;
    private Matrix<T>? _target;
    private T _step;

    public TransformRows(int frames, int size, double floor, WorkTeam team)
    {
        (_floor, _team) = (T.CreateChecked(floor), team);
        (Coefficients, OtherCoefficients, Power, Model, Slope, Curvature) = (
            new(frames, size), new(frames, size), new(frames, size), new(frames, size), new(frames, size),
            new(frames, size));
        _sums = new double[(Math.Max(frames, size) + RowsOfBlock - 1) / RowsOfBlock];
        _scratch = [.. Enumerable.Range(0, team.Threads).Select(_ => new T[2 * size])];
        _columns = [.. Enumerable.Range(0, team.Threads).Select(_ => new T[2 * RowsOfBlock * (size + Apart)])];
    }

    private enum Work
    {
        Prepare,
        Evaluate,
        Move,
        Accept,
        Direction,
        Cayley,
        Reflect,
    }

    /// <summary>Z, frames x M.</summary>
    public Matrix<T> Coefficients { get; private set; }

    /// <summary>Z (I + tE/2)⁻¹ before <see cref="Evaluate"/>, Z Qᵀ after it.</summary>
    public Matrix<T> OtherCoefficients { get; private set; }

    /// <summary>P = Z² + ε.</summary>
    public Matrix<T> Power { get; }

    /// <summary>Y.</summary>
    public Matrix<T> Model { get; }

    /// <summary>2 (Z/Y - Z/P).</summary>
    public Matrix<T> Slope { get; }

    /// <summary>2 (1/P + 1/Y).</summary>
    public Matrix<T> Curvature { get; }

    /// <summary>Differences of the objective below this fraction of it are rounding.</summary>
    public double Resolution { get; } = typeof(T) == typeof(float) ? 1e-6 : 1e-14;

    /// <summary>Makes <see cref="Slope"/> and <see cref="Curvature"/>.</summary>
    /// <returns>D_IS(P | Y).</returns>
    public double Prepare() => Run(Work.Prepare, Coefficients.Rows);

    /// <summary>Makes <see cref="Power"/> of the coefficients; or, where they move, Z Qᵀ, and leaves the power.
    /// </summary>
    /// <returns>D_IS(P | Y) there; the model has to be made before.</returns>
    public double Evaluate(bool moves) => Run(moves ? Work.Move : Work.Evaluate, Coefficients.Rows);

    /// <summary>Takes Z Qᵀ over, with its power.</summary>
    public void Accept()
    {
        (Coefficients, OtherCoefficients) = (OtherCoefficients, Coefficients);
        Run(Work.Accept, Coefficients.Rows);
    }

    /// <summary>The direction -(G - Gᵀ)/(A + Aᵀ).</summary>
    /// <returns>The slope Σ (G - Gᵀ)/2 ∘ E.</returns>
    public double Direction(Matrix<T> gradient, Matrix<T> curvature, Matrix<T> direction)
    {
        (_first, _second, _target) = (gradient, curvature, direction);
        return Run(Work.Direction, direction.Rows);
    }

    /// <summary>I + tE/2.</summary>
    public void Cayley(Matrix<T> direction, double step, Matrix<T> result)
    {
        (_first, _target, _step) = (direction, result, T.CreateChecked(step / 2));
        Run(Work.Cayley, result.Rows);
    }

    /// <summary>Twice the second without the first, in the second.</summary>
    public void Reflect(Matrix<T> first, Matrix<T> second)
    {
        (_first, _target) = (first, second);
        Run(Work.Reflect, second.Rows);
    }

    void IBlockWork.Run(int block, int worker)
    {
        double sum = 0;
        var rows = _work <= Work.Accept ? Coefficients.Rows : _target!.Rows;
        if (_work == Work.Direction)
            Gather(block * RowsOfBlock, Math.Min((block + 1) * RowsOfBlock, rows), _columns[worker]);
        for (var i = block * RowsOfBlock; i < Math.Min((block + 1) * RowsOfBlock, rows); i++)
        {
            switch (_work)
            {
                case Work.Prepare:
                    PrepareRow(i, _scratch[worker].AsSpan(0, Coefficients.Columns));
                    sum += Divergence(Power.Row(i), Model.Row(i), _scratch[worker]);
                    break;
                case Work.Evaluate:
                case Work.Accept:
                    PowerOf(Coefficients.Row(i), Power.Row(i));
                    break;
                case Work.Move:
                    // The slope is no longer needed once there is a direction.
                    var moved = OtherCoefficients.Row(i);
                    Reflect(Coefficients.Row(i), moved);
                    PowerOf(moved, Slope.Row(i));
                    sum += Divergence(Slope.Row(i), Model.Row(i), _scratch[worker]);
                    break;
                case Work.Direction:
                    sum += DirectionRow(i, i - (block * RowsOfBlock), _columns[worker]);
                    break;
                case Work.Cayley:
                    TensorPrimitives.Multiply(_first!.Row(i), _step, _target!.Row(i));
                    _target.Row(i)[i] += T.One;
                    break;
                default:
                    Reflect(_first!.Row(i), _target!.Row(i));
                    break;
            }
        }

        _sums[block] = sum;
    }

    private double Run(Work work, int rows)
    {
        _work = work;
        var blocks = (rows + RowsOfBlock - 1) / RowsOfBlock;
        _team.Run(this, blocks);
        double sum = 0;
        for (var b = 0; b < blocks; b++)
            sum += _sums[b];
        return sum;
    }

    private static void Reflect(ReadOnlySpan<T> first, Span<T> second)
    {
        TensorPrimitives.Add<T>(second, second, second);
        TensorPrimitives.Subtract(second, first, second);
    }

    private void PowerOf(ReadOnlySpan<T> values, Span<T> power)
    {
        TensorPrimitives.Multiply(values, values, power);
        TensorPrimitives.Add(power, _floor, power);
    }

    private void PrepareRow(int i, Span<T> scratch)
    {
        var slope = Slope.Row(i);
        var curvature = Curvature.Row(i);
        TensorPrimitives.Divide(T.CreateChecked(2), Power.Row(i), slope);
        TensorPrimitives.Divide(T.CreateChecked(2), Model.Row(i), curvature);
        TensorPrimitives.Subtract(curvature, slope, scratch);
        TensorPrimitives.Add(curvature, slope, curvature);
        TensorPrimitives.Multiply(scratch, Coefficients.Row(i), slope);
    }

    // Σ p/y - log(p/y) - 1.
    private static double Divergence(ReadOnlySpan<T> power, ReadOnlySpan<T> model, Span<T> ratio)
    {
        var logarithms = ratio[power.Length..];
        ratio = ratio[..power.Length];
        TensorPrimitives.Divide(power, model, ratio);
        TensorPrimitives.Log(ratio, logarithms);
        TensorPrimitives.Subtract(ratio, logarithms, ratio);
        return double.CreateTruncating(TensorPrimitives.Sum<T>(ratio)) - ratio.Length;
    }

    // Columns of the two matrices one after the other, which are rows of their transposes.
    private void Gather(int from, int to, Span<T> columns)
    {
        var size = _first!.Columns;
        var stride = size + Apart;
        for (var j = 0; j < size; j++)
        {
            var gradient = _first.Row(j)[from..to];
            var curvature = _second!.Row(j)[from..to];
            for (var i = 0; i < gradient.Length; i++)
            {
                columns[(i * stride) + j] = gradient[i];
                columns[((RowsOfBlock + i) * stride) + j] = curvature[i];
            }
        }
    }

    private double DirectionRow(int i, int place, Span<T> columns)
    {
        var size = _first!.Columns;
        var row = _target!.Row(i);
        var skew = columns.Slice(place * (size + Apart), size);
        var sum = columns.Slice((RowsOfBlock + place) * (size + Apart), size);
        TensorPrimitives.Subtract(skew, _first.Row(i), skew);
        TensorPrimitives.Add(sum, _second!.Row(i), sum);
        TensorPrimitives.Divide(skew, sum, row);
        return -0.5 * double.CreateTruncating(TensorPrimitives.Dot<T>(skew, row));
    }
}
