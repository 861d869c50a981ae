using MathNet.Numerics.IntegralTransforms;

namespace StereoSeparation.Sound;

/// <summary>
/// The impulse responses of a room with six flat walls that reflect all frequencies alike: every reflection is a source
/// in the mirror (Allen and Berkley 1979), its delay is not rounded to samples (Peterson 1986).
/// </summary>
/// <param name="width">Along x, in metres.</param>
/// <param name="depth">Along y, in metres.</param>
/// <param name="height">Along z, in metres.</param>
/// <param name="decay">Time in which the sound loses 60 dB, in seconds.</param>
internal sealed class Room(double width, double depth, double height, double decay)
{
    private const double Speed = 343;
    private const int HalfWidth = 40;

    // Eyring 1930: the part of the pressure that a wall gives back.
    private double Reflection
    {
        get
        {
            var (volume, surface) = (
                width * depth * height, 2 * ((width * depth) + (width * height) + (depth * height)));
            return Math.Exp(-24 * Math.Log(10) / Speed * volume / surface / decay / 2);
        }
    }

    /// <summary>What a microphone hears of a click, as long as the decay.</summary>
    public double[] Response(
        (double X, double Y, double Z) source, (double X, double Y, double Z) microphone, int sampleRate)
    {
        var response = new double[(int)(decay * sampleRate) + HalfWidth];
        var reach = decay * Speed;
        foreach (var (x, nx) in Mirrored(source.X, microphone.X, width, reach))
        {
            foreach (var (y, ny) in Mirrored(source.Y, microphone.Y, depth, reach))
            {
                foreach (var (z, nz) in Mirrored(source.Z, microphone.Z, height, reach))
                {
                    var distance = Math.Sqrt((x * x) + (y * y) + (z * z));
                    if (distance < reach)
                        Add(response, Math.Pow(Reflection, nx + ny + nz) / distance, distance / Speed * sampleRate);
                }
            }
        }

        return response;
    }

    /// <summary>A signal as a microphone hears it, as long as the signal.</summary>
    public static float[] Heard(float[] signal, double[] response)
    {
        var length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(signal.Length + response.Length));
        var (a, b) = (new System.Numerics.Complex[length], new System.Numerics.Complex[length]);
        for (var t = 0; t < signal.Length; t++)
            a[t] = signal[t];
        for (var t = 0; t < response.Length; t++)
            b[t] = response[t];
        Fourier.Forward(a, FourierOptions.AsymmetricScaling);
        Fourier.Forward(b, FourierOptions.AsymmetricScaling);
        for (var k = 0; k < length; k++)
            a[k] *= b[k];
        Fourier.Inverse(a, FourierOptions.AsymmetricScaling);
        return [.. a.Take(signal.Length).Select(v => (float)v.Real)];
    }

    // Distances of the mirrored sources along one side, and how often each was reflected.
    private static IEnumerable<(double Distance, int Reflections)> Mirrored(
        double source, double microphone, double side, double reach)
    {
        var most = (int)Math.Ceiling(reach / (2 * side)) + 1;
        for (var m = -most; m <= most; m++)
        {
            yield return ((2 * m * side) + source - microphone, Math.Abs(2 * m));
            yield return ((2 * m * side) - source - microphone, Math.Abs((2 * m) - 1));
        }
    }

    private static void Add(double[] response, double gain, double delay)
    {
        var centre = (int)Math.Round(delay);
        for (var t = Math.Max(0, centre - HalfWidth); t <= Math.Min(response.Length - 1, centre + HalfWidth); t++)
        {
            var x = t - delay;
            var sinc = Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
            response[t] += gain * sinc * (0.5 + (0.5 * Math.Cos(Math.PI * x / (HalfWidth + 1))));
        }
    }
}
