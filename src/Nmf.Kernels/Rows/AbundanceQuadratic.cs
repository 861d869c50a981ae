namespace Nmf.Kernels;

/// <summary>
/// Least squares on the simplex from products alone: <c>min ‖v - Σ_k h_k w_k‖²</c> over h ≥ 0, Σ h = 1, given the
/// products of the vertices w with each other and with v. A vertex at the origin, whose products are zero, makes
/// it Σ h ≤ 1 for the others. Exact, by an active-set method (Lawson and Hanson, "Solving Least Squares
/// Problems", 1974, chapter 23).
/// </summary>
internal static unsafe class AbundanceQuadratic
{
    private const int MostFaces = 1000;

    /// <summary>Length of the scratch memory for so many vertices.</summary>
    public static int ScratchLength(int vertices) => checked((int)SimplexQuadratic.ScratchLength(vertices));

    /// <summary>Solves for one v. Thread-safe where every thread has its own <paramref name="h"/> and
    /// <paramref name="scratch"/>; allocates nothing.</summary>
    /// <param name="gram">Products of the vertices with each other; its first rows and columns count.</param>
    /// <param name="products">Products of v with the vertices, one for each that takes part.</param>
    /// <param name="h">Receives as many nonnegative numbers that sum to one.</param>
    /// <param name="scratch">Memory, at least <see cref="ScratchLength"/> for the number of products.</param>
    /// <returns>‖v - Σ_k h_k w_k‖² - ‖v‖².</returns>
    /// <exception cref="ArgumentException">There are no products, or a length does not fit.</exception>
    public static double Solve(Matrix<double> gram, Span<double> products, Span<double> h, Span<double> scratch)
    {
        ArgumentNullException.ThrowIfNull(gram);
        var n = products.Length;
        if (n == 0 || gram.Rows < n || gram.Columns < n || h.Length != n || scratch.Length < ScratchLength(n))
        {
            throw new ArgumentException(
                $"{n} products do not fit {gram.Rows} x {gram.Columns} products of vertices, {h.Length} results or "
                + $"scratch memory of {scratch.Length}.",
                nameof(products));
        }

        fixed (double* q = products, result = h, memory = scratch)
            SimplexQuadratic.Solve(gram.Data, gram.Stride, q, n, result, memory, MostFaces);
        double value = 0;
        for (var k = 0; k < n; k++)
        {
            double inside = 0;
            for (var j = 0; j < n; j++)
                inside += gram[k, j] * h[j];
            value += h[k] * (inside - (2 * products[k]));
        }

        GC.KeepAlive(gram);
        return value;
    }
}
