namespace Inpainting;

/// <summary>
/// Every missing pixel so that the picture bends least: Σ (Δu)² over all pixels is minimised, Δ the difference of a
/// pixel to its neighbours in the picture, by conjugate gradients (biharmonic filling; Damelin and Hoang 2018 compare
/// it with others). It knows nothing of pictures but that they are smooth.
/// </summary>
internal static class BiharmonicFilling
{
    private const int MostIterations = 400;
    private const double Tolerance = 1e-5;

    /// <summary>Fills one channel after the other, from the mean of the neighbours.</summary>
    public static Picture Fill(Picture holes)
    {
        var filled = SimpleFilling.Neighbours(holes);
        Parallel.For(0, Picture.Channels, c => Solve(holes, filled, c));
        return filled;
    }

    private static void Solve(Picture holes, Picture filled, int c)
    {
        var (width, height) = (holes.Width, holes.Height);
        var isMissing = new bool[width * height];
        var (u, gradient, direction) = (new double[width * height], new double[width * height],
            new double[width * height]);
        var (scratch, product) = (new double[width * height], new double[width * height]);
        for (var i = 0; i < u.Length; i++)
            (isMissing[i], u[i]) = (float.IsNaN(holes[i % width, i / width, c]), filled[i % width, i / width, c]);

        // The gradient of Σ (Δu)² / 2, on missing pixels alone; Δ is symmetric.
        Apply(u, gradient);
        var norm = Norm(gradient);
        var first = norm;
        for (var i = 0; i < u.Length; i++)
            direction[i] = -gradient[i];
        for (var iteration = 0; iteration < MostIterations && norm > Tolerance * Tolerance * first; iteration++)
        {
            Apply(direction, product);
            var step = norm / Dot(direction, product);
            for (var i = 0; i < u.Length; i++)
            {
                u[i] += step * direction[i];
                gradient[i] += step * product[i];
            }

            var next = Norm(gradient);
            for (var i = 0; i < u.Length; i++)
                direction[i] = (next / norm * direction[i]) - gradient[i];
            norm = next;
        }

        for (var i = 0; i < u.Length; i++)
            filled[i % width, i / width, c] = (float)Math.Clamp(u[i], 0, 1);

        void Apply(double[] values, double[] result)
        {
            Laplacian(values, scratch);
            Laplacian(scratch, result);
            for (var i = 0; i < result.Length; i++)
                result[i] = isMissing[i] ? result[i] : 0;
        }

        void Laplacian(double[] values, double[] result)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var i = (y * width) + x;
                    result[i] = (x > 0 ? values[i - 1] - values[i] : 0)
                        + (x < width - 1 ? values[i + 1] - values[i] : 0)
                        + (y > 0 ? values[i - width] - values[i] : 0)
                        + (y < height - 1 ? values[i + width] - values[i] : 0);
                }
            }
        }

        static double Norm(double[] values) => Dot(values, values);

        static double Dot(double[] a, double[] b)
        {
            double sum = 0;
            for (var i = 0; i < a.Length; i++)
                sum += a[i] * b[i];
            return sum;
        }
    }
}
