using System.Globalization;

namespace Restoration.Analysis;

/// <summary>Groups and their places as users write them.</summary>
internal static class GroupList
{
    /// <summary>Reads groups such as "1,3;2,4": numbers of components from 1.</summary>
    /// <returns>For each group its components, from 0.</returns>
    /// <exception cref="UserErrorException">It is no list, a number is not that of a component, or it is
    /// there twice.</exception>
    public static IReadOnlyList<int[]> Parse(string text, int components)
    {
        var groups = text.Split(';').Select(group => group.Split(',').Select(Number).ToArray()).ToArray();
        var twice = groups.SelectMany(group => group).GroupBy(k => k).FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? groups
            : throw new UserErrorException($"Component {twice.Key + 1} is twice in the groups \"{text}\".");

        int Number(string number)
            => int.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var k) && k >= 1
                && k <= components
                ? k - 1
                : throw new UserErrorException(
                    $"The groups \"{text}\" must be numbers from 1 to {components}, "
                    + $"separated by \",\" within and by \";\" between groups; \"{number.Trim()}\" is none.");
    }

    /// <summary>Reads places such as "-0.5;0.5".</summary>
    /// <exception cref="UserErrorException">It is no list of as many numbers between -1 and 1 as
    /// there are groups.</exception>
    public static IReadOnlyList<double> ParsePlaces(string text, int groups)
    {
        double[] places = [.. text.Split(';').Select(Place)];
        return places.Length == groups
            ? places
            : throw new UserErrorException($"There are {groups} groups, but {places.Length} places in \"{text}\".");

        double Place(string place)
            => double.TryParse(place, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && value is >= -1 and <= 1
                ? value
                : throw new UserErrorException(
                    $"The places \"{text}\" must be numbers from -1 to 1, separated by \";\"; "
                    + $"\"{place.Trim()}\" is none.");
    }
}
