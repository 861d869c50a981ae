using Nmf.Kernels;

namespace Penalties;

/// <summary>The factors that data are made of, and the data.</summary>
internal sealed class Factors
{
    public Factors(int samples, int features, int rank)
    {
        Dictionary = new Matrix<float>(features, rank);
        Activations = new Matrix<float>(samples, rank);
    }

    /// <summary>W, features x rank.</summary>
    public Matrix<float> Dictionary { get; }

    /// <summary>H, samples x rank.</summary>
    public Matrix<float> Activations { get; }

    /// <summary>What would be observed without noise.</summary>
    public double Mean(int sample, int feature)
    {
        double y = 0;
        for (var k = 0; k < Dictionary.Columns; k++)
            y += (double)Activations[sample, k] * Dictionary[feature, k];
        return y;
    }

    /// <summary>Observations, sample by sample.</summary>
    public float[] Observe(Func<double, double> noise)
    {
        var values = new float[Activations.Rows * Dictionary.Rows];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)noise(Mean(i / Dictionary.Rows, i % Dictionary.Rows));
        return values;
    }

    /// <summary>Divides every column of W by its sum, and multiplies that of H by it: the scale of
    /// fitted models.</summary>
    public void Normalize()
    {
        for (var k = 0; k < Dictionary.Columns; k++)
        {
            float sum = 0;
            for (var f = 0; f < Dictionary.Rows; f++)
                sum += Dictionary[f, k];
            for (var f = 0; f < Dictionary.Rows; f++)
                Dictionary[f, k] /= sum;
            for (var n = 0; n < Activations.Rows; n++)
                Activations[n, k] *= sum;
        }
    }
}
