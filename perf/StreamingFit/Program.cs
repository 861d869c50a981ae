using System.Globalization;
using StreamingFit;

if (args is ["reading", var source, var readRows, var readFeatures])
{
    Reading.Print(
        source, int.Parse(readRows, CultureInfo.InvariantCulture),
        int.Parse(readFeatures, CultureInfo.InvariantCulture));
    return 0;
}

if (args.Length < 4)
{
    Console.Error.WriteLine(
        """
        StreamingFit memory ROWS FEATURES RANK [BETA] [PASSES]
            peak memory of a fit to generated rows
        StreamingFit throughput ROWS FEATURES RANK [BETA] [INNER] [THREADS]
            a pass against the same updates in memory, dense rows
        StreamingFit documents ROWS FEATURES RANK [BETA] [INNER] [THREADS]
            the same with sparse rows, some hundred words of text each
        StreamingFit reading memory|stream|text ROWS FEATURES
            processor time and peak memory of reading rows for a fit in memory
        StreamingFit file PATH FEATURES RANK [BETA] [PASSES]
            a fit to a raw file of float32 rows
        """);
    return 2;
}

var numbers = args.Skip(2).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
double Number(int at, double otherwise) => at < numbers.Length ? numbers[at] : otherwise;
var (features, rank, beta) = ((int)numbers[0], (int)numbers[1], Number(2, 2));
switch (args[0])
{
    case "memory":
        Measurements.Memory(
            new GeneratedRows(long.Parse(args[1], CultureInfo.InvariantCulture), features), rank, beta,
            (int)Number(3, 2));
        return 0;
    case "throughput":
        Measurements.Throughput(
            new GeneratedRows(long.Parse(args[1], CultureInfo.InvariantCulture), features), rank, beta,
            (int)Number(3, 5), (int)Number(4, 1));
        return 0;
    case "documents":
        Measurements.Throughput(
            new GeneratedDocuments(long.Parse(args[1], CultureInfo.InvariantCulture), features), rank, beta,
            (int)Number(3, 5), (int)Number(4, 1));
        return 0;
    case "file":
        Measurements.File(new FileRows(args[1], features), rank, beta, (int)Number(3, 5));
        return 0;
    default:
        Console.Error.WriteLine($"There is no measurement {args[0]}.");
        return 2;
}
