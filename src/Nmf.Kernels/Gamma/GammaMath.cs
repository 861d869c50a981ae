using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// What variational inference with Gamma distributions needs, on many numbers at once: exp ψ(x), ψ(x) and log Γ(x) of
/// the positive real line (Abramowitz and Stegun, 1964, 6.1 and 6.3).
/// </summary>
/// <remarks>
/// A small x is moved up by a whole number m: ψ(x) = ψ(x + m) - Σ 1/(x + i) and Γ(x) = Γ(x + m) / Π (x + i). The sum
/// is P'/P of the polynomial P = Π (x + i), so that it takes one division. Of the large one, exp ψ(y + ½) = y +
/// 1/(24 y) - 37/(5760 y³) + …, which needs no logarithm: exp ψ(x) costs two divisions and an exponential. Relative
/// errors of a few units in the last place of ψ or of 1, whichever is larger.
/// </remarks>
internal static unsafe class GammaMath<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Most numbers of one call: scratch stands on the stack.</summary>
    public const int Chunk = 512;

    private const double HalfLogTwoPi = 0.91893853320467274178;

    // exp ψ(y + ½) / y = 1 + Σ c_n y^-2n: the exponential of the series of ψ, in fractions.
    private static readonly double[] Series =
    [
        1.0 / 24, -37.0 / 5760, 10313.0 / 2903040, -0.0039535574489730305, 0.007365033269308669,
        -0.020734675824368137, 0.08238185223878776,
    ];

    // log Γ(z) = (z - ½) log z - z + ½ log 2π + Σ s_n z^(1-2n).
    private static readonly double[] Stirling =
    [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
    ];

    // How far a small x is moved, and how many terms are left then.
    private static int Shift => sizeof(T) == sizeof(float) ? 5 : 10;

    private static double LeastExponent => sizeof(T) == sizeof(float) ? -86 : -700;

    private static int Terms => sizeof(T) == sizeof(float) ? 4 : 7;

    /// <summary>exp ψ(x), or about the smallest normal number where it is smaller.</summary>
    /// <param name="x">Numbers of at least 0, up to <see cref="Chunk"/> of them.</param>
    /// <param name="result">Receives them; may be <paramref name="x"/>.</param>
    /// <param name="count">How many.</param>
    public static void ExpDigamma(T* x, T* result, int count)
    {
        var exponents = stackalloc T[Chunk];
        var products = stackalloc T[Chunk];
        Split(x, result, exponents, products, count);

        // One that is out of range changes how its neighbours in a vector are computed, and which these are depends on
        // where the stack begins.
        var span = new Span<T>(exponents, count);
        TensorPrimitives.Max(span, T.CreateChecked(LeastExponent), span);
        TensorPrimitives.Exp(span, span);
        TensorPrimitives.Multiply(new Span<T>(result, count), span, new Span<T>(result, count));
    }

    /// <summary>ψ(x) and log Γ(x).</summary>
    /// <param name="x">Positive numbers, up to <see cref="Chunk"/> of them.</param>
    /// <param name="digamma">Receives ψ; not <paramref name="x"/>.</param>
    /// <param name="logGamma">Receives log Γ; not <paramref name="x"/>.</param>
    /// <param name="count">How many.</param>
    public static void DigammaAndLogGamma(T* x, T* digamma, T* logGamma, int count)
    {
        var exponents = stackalloc T[Chunk];
        var products = stackalloc T[Chunk];
        Split(x, digamma, exponents, products, count);
        var psi = new Span<T>(digamma, count);
        TensorPrimitives.Log(psi, psi);
        TensorPrimitives.Add(psi, new Span<T>(exponents, count), psi);

        // exponents becomes log z of the moved numbers, products the logarithm of what they were moved by.
        var (shift, edge) = (T.CreateChecked(Shift), T.CreateChecked(Shift));
        for (var i = 0; i < count; i++)
            exponents[i] = x[i] < edge ? x[i] + shift : x[i];
        TensorPrimitives.Log(new Span<T>(exponents, count), new Span<T>(exponents, count));
        TensorPrimitives.Log(new Span<T>(products, count), new Span<T>(products, count));
        StirlingSeries(x, exponents, products, logGamma, count);
    }

    // exp ψ = moved · exp(exponents): moved is exp ψ(x + m) and exponents -Σ 1/(x + i); products is Π (x + i).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Split(T* x, T* moved, T* exponents, T* products, int count)
    {
        var (edge, half) = (new Vector<T>(T.CreateChecked(Shift)), new Vector<T>(T.CreateChecked(0.5)));
        var shift = Shift;
        var terms = Terms;
        var steps = stackalloc Vector<T>[10];
        var series = stackalloc Vector<T>[7];
        for (var i = 0; i < shift; i++)
            steps[i] = new Vector<T>(T.CreateChecked(i));
        for (var n = 0; n < terms; n++)
            series[n] = new Vector<T>(T.CreateChecked(Series[n]));
        var padded = stackalloc T[Vector<T>.Count];
        var results = stackalloc T[3 * Vector<T>.Count];
        for (var j = 0; j < count; j += Vector<T>.Count)
        {
            var isWhole = j + Vector<T>.Count <= count;
            if (!isWhole)
            {
                for (var i = 0; i < Vector<T>.Count; i++)
                    padded[i] = j + i < count ? x[j + i] : T.One;
            }

            var value = Vector.Load(isWhole ? x + j : padded);
            var isSmall = Vector.LessThan(value, edge);
            var small = Vector.Min(value, edge);
            var (product, slope) = (small, Vector<T>.One);
            for (var i = 1; i < shift; i++)
            {
                var factor = small + steps[i];
                slope = (slope * factor) + product;
                product *= factor;
            }

            var sum = Vector.ConditionalSelect(isSmall, -slope / product, Vector<T>.Zero);
            var y = Vector.ConditionalSelect(isSmall, value + edge, value) - half;
            var z = Vector<T>.One / (y * y);
            var rest = series[terms - 1];
            for (var n = terms - 2; n >= 0; n--)
                rest = (rest * z) + series[n];
            y += y * (z * rest);
            product = Vector.ConditionalSelect(isSmall, product, Vector<T>.One);
            if (isWhole)
            {
                y.Store(moved + j);
                sum.Store(exponents + j);
                product.Store(products + j);
                continue;
            }

            y.Store(results);
            sum.Store(results + Vector<T>.Count);
            product.Store(results + (2 * Vector<T>.Count));
            for (var i = 0; j + i < count; i++)
            {
                moved[j + i] = results[i];
                exponents[j + i] = results[Vector<T>.Count + i];
                products[j + i] = results[(2 * Vector<T>.Count) + i];
            }
        }
    }

    private static void StirlingSeries(T* x, T* logs, T* logProducts, T* logGamma, int count)
    {
        var (edge, half) = (T.CreateChecked(Shift), T.CreateChecked(0.5));
        var constant = T.CreateChecked(HalfLogTwoPi);
        for (var j = 0; j < count; j++)
        {
            var z = x[j] < edge ? x[j] + edge : x[j];
            var inverse = T.One / z;
            var square = inverse * inverse;
            var rest = T.CreateTruncating(Stirling[Terms - 1]);
            for (var n = Terms - 2; n >= 0; n--)
                rest = (rest * square) + T.CreateTruncating(Stirling[n]);
            logGamma[j] = ((z - half) * logs[j]) - z + constant + (rest * inverse) - logProducts[j];
        }
    }
}
