namespace AutomaticRelevance;

/// <summary>
/// The swimmers of Donoho and Stodden (2004): 256 pictures of 32 x 32 pixels, a torso and four limbs in one of four
/// positions each. Counts are Poisson, with mean 1 in the background and 10 on the body.
/// </summary>
internal sealed class Swimmer
{
    public const int Side = 32;
    public const int Pixels = Side * Side;
    public const int LimbPositions = 16;

    private const int LimbLength = 5;
    private const double Background = 1;
    private const double Body = 10;

    // Where the limbs start, and the four directions of each: upper left, upper right, lower left, lower right.
    private static readonly (int Row, int Column)[] Joints = [(9, 14), (9, 16), (21, 14), (21, 16)];
    private static readonly (int Row, int Column)[][] Directions =
    [
        [(0, -1), (-1, 0), (-1, -1), (1, -1)],
        [(0, 1), (-1, 0), (-1, 1), (1, 1)],
        [(0, -1), (1, 0), (1, -1), (-1, -1)],
        [(0, 1), (1, 0), (1, 1), (-1, 1)],
    ];

    /// <summary>The pixels of the torso, which is in every picture.</summary>
    public static IReadOnlyList<int> Torso { get; } =
        [.. Enumerable.Range(9, 13).Select(row => (row * Side) + 15),
            .. Joints.Select(joint => (joint.Row * Side) + joint.Column)];

    /// <summary>The pixels of each of the sixteen limb positions, four of one limb after the other.</summary>
    public static IReadOnlyList<int[]> Limbs { get; } =
        [.. Directions.SelectMany((directions, limb) => directions.Select(d => Limb(Joints[limb], d)))];

    /// <summary>The 256 shapes, one a row: 1 on the body, 0 elsewhere.</summary>
    public static float[][] Shapes()
    {
        var shapes = new float[256][];
        for (var i = 0; i < shapes.Length; i++)
        {
            shapes[i] = new float[Pixels];
            foreach (var pixel in Torso)
                shapes[i][pixel] = 1;
            for (var limb = 0; limb < 4; limb++)
            {
                foreach (var pixel in Limbs[(4 * limb) + ((i >> (2 * limb)) & 3)])
                    shapes[i][pixel] = 1;
            }
        }

        return shapes;
    }

    /// <summary>256 pictures of counts, one a row.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="background">The mean of the counts beside the body.</param>
    public static float[][] Pictures(int seed, double background = Background)
    {
        var random = new Random(seed);
        return [.. Shapes().Select(
            shape => Array.ConvertAll(shape, pixel => Poisson(pixel > 0 ? Body : background, random)))];
    }

    private static int[] Limb((int Row, int Column) joint, (int Row, int Column) direction)
        => [.. Enumerable.Range(1, LimbLength).Select(
            t => ((joint.Row + (t * direction.Row)) * Side) + joint.Column + (t * direction.Column))];

    // Counts the events of a unit-rate process until the mean has passed.
    private static float Poisson(double mean, Random random)
    {
        var count = 0;
        for (var time = -Math.Log(1 - random.NextDouble()); time < mean; count++)
            time -= Math.Log(1 - random.NextDouble());
        return count;
    }
}
