using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Which source each coefficient of an instantaneous mixture belongs to. Where one source is alone, the covariance of
/// the channels over three frames has rank one and its principal axis is the direction of that source. The directions
/// are those around which most of the clearest such places lie (as in DEMIX: Arberet, Gribonval and Bimbot, "A robust
/// method to count and locate audio sources in a multichannel underdetermined mixture", 2010), and a coefficient goes
/// to the nearest of them.
/// </summary>
internal static class PannedMasks
{
    private const int MostPlaces = 200_000;
    private const int MostCandidates = 1000;
    private const int Refinements = 10;

    // Of the places that are loud enough to be told from noise, the clearest are looked at.
    private const double LeastPower = 1e-4;
    private const double ClearestPart = 0.2;

    // Squared sines of the angles within which places speak for a direction, and within which there is no other.
    private const double Width = 0.0027;
    private const double Apart = 0.0076;

    /// <summary>One mask per source, frames x bins, of zeros and ones that add up to one, and the directions.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="sources">Number of sources.</param>
    /// <param name="heard">Of every source the frames in which it may be heard, or null.</param>
    /// <param name="cancellationToken">Looked at before every frame.</param>
    public static (Matrix<float>[] Masks, double[][] Directions) Find(
        MultichannelSpectrogram mixture, int sources, bool[][]? heard, CancellationToken cancellationToken)
    {
        var directions = Directions(Places(mixture, cancellationToken), mixture.Channels.Count, sources);
        if (heard is null)
            return (Nearest(mixture, directions, null, cancellationToken), directions);

        // A direction is that of the source which is marked silent where least of it is heard.
        var free = Nearest(mixture, directions, null, cancellationToken);
        var costs = new double[sources, sources];
        for (var k = 0; k < sources; k++)
        {
            for (var n = 0; n < mixture.Frames; n++)
            {
                var power = mixture.Channels.Sum(channel => Power(channel.Frame(n), free[k].Row(n)));
                for (var j = 0; j < sources; j++)
                    costs[j, k] += heard[j][n] ? 0 : power;
            }
        }

        directions = [.. OptimalAssignment.Minimize(costs).Select(k => directions[k])];
        return (Nearest(mixture, directions, heard, cancellationToken), directions);
    }

    private static double Power(ReadOnlySpan<float> frame, ReadOnlySpan<float> mask)
    {
        double sum = 0;
        for (var at = 0; at < frame.Length; at++)
            sum += mask[at / 2] * (double)frame[at] * frame[at];
        return sum;
    }

    private static Matrix<float>[] Nearest(
        MultichannelSpectrogram mixture, double[][] directions, bool[][]? heard, CancellationToken cancellationToken)
    {
        Matrix<float>[] masks = [.. directions.Select(_ => new Matrix<float>(mixture.Frames, mixture.Bins))];
        for (var n = 0; n < mixture.Frames; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var f = 0; f < mixture.Bins; f++)
            {
                var (nearest, greatest) = (-1, double.NegativeInfinity);
                for (var j = 0; j < directions.Length; j++)
                {
                    if (heard is not null && !heard[j][n])
                        continue;
                    double re = 0, im = 0;
                    for (var i = 0; i < directions[j].Length; i++)
                    {
                        var frame = mixture.Channels[i].Frame(n);
                        re += directions[j][i] * frame[2 * f];
                        im += directions[j][i] * frame[(2 * f) + 1];
                    }

                    if ((re * re) + (im * im) > greatest)
                        (nearest, greatest) = (j, (re * re) + (im * im));
                }

                if (nearest >= 0)
                    masks[nearest][n, f] = 1;
            }
        }

        return masks;
    }

    /// <summary>The principal axes of the clearest places, clearest first.</summary>
    private static List<double[]> Places(MultichannelSpectrogram mixture, CancellationToken cancellationToken)
    {
        var channels = mixture.Channels.Count;
        var step = Math.Max(1, (int)((long)mixture.Frames * mixture.Bins / MostPlaces));
        var places = new List<(double[] Axis, double Power, double Blur)>();
        for (var n = 0; n < mixture.Frames; n += step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var f = 0; f < mixture.Bins; f++)
            {
                var covariance = new double[channels * channels];
                for (var m = Math.Max(0, n - 1); m <= Math.Min(mixture.Frames - 1, n + 1); m++)
                {
                    for (var i = 0; i < channels; i++)
                    {
                        var a = mixture.Channels[i].Frame(m).Slice(2 * f, 2);
                        for (var c = 0; c < channels; c++)
                        {
                            var b = mixture.Channels[c].Frame(m).Slice(2 * f, 2);
                            covariance[(i * channels) + c] += ((double)a[0] * b[0]) + ((double)a[1] * b[1]);
                        }
                    }
                }

                double power = 0;
                for (var i = 0; i < channels; i++)
                    power += covariance[i * (channels + 1)];
                if (power > 0 && Axis(covariance, channels) is var (axis, value))
                    places.Add((axis, power, 1 - (value / power)));
            }
        }

        var least = LeastPower * (places.Count == 0 ? 0 : places.Average(place => place.Power));
        var loud = places.Where(place => place.Power >= least).OrderBy(place => place.Blur).ToList();
        return [.. loud.Take((int)Math.Ceiling(ClearestPart * loud.Count)).Select(place => place.Axis)];
    }

    private static double[][] Directions(List<double[]> places, int channels, int sources)
    {
        var (directions, left) = (new double[sources][], places);
        for (var j = 0; j < sources; j++)
        {
            // Nothing is left where fewer directions are heard than there are sources: the others hear nothing.
            directions[j] = new double[channels];
            if (left.Count == 0)
                continue;
            var best = left.Take(MostCandidates).MaxBy(candidate => left.Sum(place =>
            {
                var distance = Distance(candidate, place);
                return distance < Width ? 1 - (distance / Width) : 0;
            }))!;
            directions[j] = best;
            left = [.. left.Where(place => Distance(best, place) > Apart)];
        }

        for (var round = 0; round < Refinements; round++)
        {
            foreach (var direction in directions)
            {
                var covariance = new double[channels * channels];
                foreach (var place in places)
                {
                    if (Distance(direction, place) >= Width)
                        continue;
                    for (var i = 0; i < channels; i++)
                    {
                        for (var c = 0; c < channels; c++)
                            covariance[(i * channels) + c] += place[i] * place[c];
                    }
                }

                if (Axis(covariance, channels) is var (axis, _))
                    axis.CopyTo(direction, 0);
            }
        }

        return directions;
    }

    /// <summary>The squared sine of the angle between two lines.</summary>
    private static double Distance(double[] first, double[] second)
    {
        double product = 0;
        for (var i = 0; i < first.Length; i++)
            product += first[i] * second[i];
        return 1 - (product * product);
    }

    /// <summary>The eigenvector of the greatest eigenvalue, by squaring the matrix.</summary>
    private static (double[] Axis, double Value)? Axis(double[] covariance, int channels)
    {
        var (square, next) = (covariance.ToArray(), new double[covariance.Length]);
        for (var round = 0; round < 6; round++)
        {
            double trace = 0;
            for (var i = 0; i < channels; i++)
                trace += square[i * (channels + 1)];
            if (!(trace > 0))
                return null;
            for (var at = 0; at < square.Length; at++)
                square[at] /= trace;
            for (var i = 0; i < channels; i++)
            {
                for (var c = 0; c < channels; c++)
                {
                    double sum = 0;
                    for (var k = 0; k < channels; k++)
                        sum += square[(i * channels) + k] * square[(k * channels) + c];
                    next[(i * channels) + c] = sum;
                }
            }

            (square, next) = (next, square);
        }

        var longest = Enumerable.Range(0, channels).MaxBy(i => square[i * (channels + 1)]);
        var axis = square.AsSpan(longest * channels, channels).ToArray();
        var length = Math.Sqrt(axis.Sum(x => x * x));
        for (var i = 0; i < channels; i++)
            axis[i] /= length;
        double value = 0;
        for (var i = 0; i < channels; i++)
        {
            for (var c = 0; c < channels; c++)
                value += axis[i] * covariance[(i * channels) + c] * axis[c];
        }

        return (axis, value);
    }
}
