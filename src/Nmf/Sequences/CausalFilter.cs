using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Activations of a stream of frames, each from its frame and the activations before it: what a sequence model gives in
/// real time. Every frame takes a fixed number of majorisation-minimisation updates of <c>D_IS(v | W h)</c> plus the
/// model's term for h given its predecessor.
/// </summary>
/// <remarks>
/// <para>A frame costs 6 F K operations for every update, in one walk over the dictionary, and no allocation. Zeros in
/// a frame are taken as they are (the activations that explain nothing else fall to the floor of 1e-18 in float, 1e-140
/// in double); the model is clipped at 1e-15 (1e-120) in denominators: both relative to the unit of the filter, which
/// is that of the first frame with sound, and of a later one that is more than 2⁴⁰ times as loud or as soft.</para>
/// <para>Holds a copy of the dictionary. Not thread-safe: one filter per stream.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public abstract unsafe class CausalFilter<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T ModelFloor =
        Unsafe.SizeOf<T>() == sizeof(float) ? T.CreateChecked(1e-15) : T.CreateChecked(1e-120);

    private readonly Matrix<T> _dictionary;
    private readonly int _dictionaryUnit;
    private readonly double _total;
    private readonly T[] _frame;
    private readonly int[]? _featureUnits;

    // Frames within this power of two of the unit are taken in it: the squares of their inverses are numbers.
    private const int Band = 40;

    // Of the frames of a sequence.
    private int? _unit;
    private long _frames;

    private protected CausalFilter(Matrix<T> dictionary, int updates)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentOutOfRangeException.ThrowIfLessThan(updates, 1);
        _dictionary = dictionary.Clone();
        _dictionaryUnit = FitUnit.LargestExponent(dictionary);
        FitUnit.Scale(_dictionary, -_dictionaryUnit);
        _frame = new T[Features];
        Updates = updates;
        (Current, Before) = (new Matrix<T>(1, Rank), new Matrix<T>(1, Rank));
        (Negative, Positive) = (new Matrix<T>(1, Rank), new Matrix<T>(1, Rank));
        var sums = new double[Rank];
        FactorKernels.ColumnSums(_dictionary, sums);
        _total = Math.Max(sums.Sum(), double.Epsilon);

        // The divergence sees ratios alone: features that are small in all components have units of their own.
        _featureUnits = PowerOfTwo.RaiseSmallRows(_dictionary);
    }

    /// <summary>Number of components K.</summary>
    public int Rank => _dictionary.Columns;

    /// <summary>Number of features F of a frame.</summary>
    public int Features => _dictionary.Rows;

    /// <summary>Updates per frame.</summary>
    internal int Updates { get; }

    // All 1 x K.
    private protected Matrix<T> Current { get; }

    private protected Matrix<T> Before { get; }

    private protected Matrix<T> Negative { get; }

    private protected Matrix<T> Positive { get; }

    private protected bool IsFirst => _frames == 0;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">F values, at least 0 and finite.</param>
    /// <param name="activations">Receives K activations.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite. The filter stays as it was
    /// before the frame.</exception>
    public void Push(ReadOnlySpan<T> frame, Span<T> activations)
    {
        if (frame.Length != Features || activations.Length != Rank)
            throw new ArgumentException(
                $"The filter takes {Features} features and gives {Rank} activations, "
                + $"but there are {frame.Length} and room for {activations.Length}.");
        double sum = 0;
        for (var f = 0; f < frame.Length; f++)
        {
            if (!(frame[f] >= T.Zero && T.IsFinite(frame[f])))
                throw new NmfDataException(
                    $"Frame {_frames} is {frame[f]} at feature {f}. Frames must be finite and at least 0.", _frames, f,
                    double.CreateTruncating(frame[f]));
            sum += double.CreateTruncating(frame[f]);
        }

        var isFar = sum > 0 && EnterUnit(Math.ILogB(sum / Features));
        var unit = _unit ?? 0;
        frame.CopyTo(_frame);
        PowerOfTwo.Divide<T>(_frame, unit, _featureUnits);
        Current.CopyTo(Before);
        var level = T.CreateSaturating(Math.ScaleB(sum, -unit) / _total);
        Predict(level);
        if (isFar)
            Current.Row(0).Fill(T.Max(level, ActivationFloor<T>.Value));
        for (var i = 0; i < Updates; i++)
        {
            Gradient(_frame);
            Update();
            ActivationFloor<T>.ClearPadding(Current.Data, Rank, Current.Stride);
        }

        _frames++;
        CopyInUnitOfData(Current, activations);
    }

    /// <summary>Forgets all frames: the next one begins a sequence.</summary>
    public void Reset() => (_frames, _unit) = (0, null);

    // Whether the unit became another: activations far from it are brought as near as their squares allow, and are no
    // place to start from.
    private bool EnterUnit(int exponent)
    {
        if (_unit is { } unit && Math.Abs(exponent - unit) <= Band)
            return false;
        var change = (_unit ?? exponent) - exponent;
        _unit = exponent;
        var most = T.One / ActivationFloor<T>.Value;
        for (var k = 0; k < Rank && change != 0; k++)
            Current[0, k] = T.Clamp(T.ScaleB(Current[0, k], change), ActivationFloor<T>.Value, most);
        return change != 0;
    }

    /// <summary>Copies activations, which are kept in the unit of the filter.</summary>
    private protected void CopyInUnitOfData(Matrix<T> activations, Span<T> destination)
    {
        activations.Row(0).CopyTo(destination);
        PowerOfTwo.Scale(destination[..Rank], (_unit ?? 0) - _dictionaryUnit);
    }

    /// <summary>One value per component as a matrix of one row, checked.</summary>
    private protected Matrix<T> ComponentWeights(IReadOnlyList<double> values, string name, string parameter)
    {
        if (values.Count != Rank)
            throw new ArgumentException(
                $"There are {values.Count} values of the {name}, but the dictionary has {Rank} components.", parameter);
        for (var k = 0; k < Rank; k++)
        {
            if (!(values[k] >= 0 && double.IsFinite(values[k])))
                throw new ArgumentException(
                    $"The {name} of component {k} is {values[k]}. It must be finite and at least 0.", parameter);
        }

        return Matrix<T>.FromRowMajor([.. values.Select(T.CreateChecked)], 1, Rank);
    }

    /// <summary>Sets <see cref="Current"/> to where the updates of a frame start.</summary>
    /// <param name="level">An activation of all components that gives the model the mean of the frame.</param>
    private protected abstract void Predict(T level);

    /// <summary>Improves <see cref="Current"/>, with the gradient at it in <see cref="Negative"/> and
    /// <see cref="Positive"/>.</summary>
    private protected abstract void Update();

    // neg = Wᵀ(v / y²), pos = Wᵀ(1 / y), y = W h.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradient(ReadOnlySpan<T> frame)
    {
        Negative.Clear();
        Positive.Clear();
        T* w = _dictionary.Data, h = Current.Data, p = Negative.Data, q = Positive.Data;
        var stride = _dictionary.Stride;
        for (var f = 0; f < frame.Length; f++, w += stride)
        {
            var sum = Vector<T>.Zero;
            for (nint k = 0; k < stride; k += Vector<T>.Count)
                sum += Vector.Load(w + k) * Vector.Load(h + k);
            var inverse = T.One / T.Max(Vector.Sum(sum), ModelFloor);
            var weight = new Vector<T>(inverse);
            var ratio = new Vector<T>(frame[f] * inverse * inverse);
            for (nint k = 0; k < stride; k += Vector<T>.Count)
            {
                var column = Vector.Load(w + k);
                (Vector.Load(p + k) + (ratio * column)).Store(p + k);
                (Vector.Load(q + k) + (weight * column)).Store(q + k);
            }
        }
    }
}
