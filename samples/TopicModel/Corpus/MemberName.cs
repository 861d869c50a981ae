using System.Globalization;

namespace TopicModel.Corpus;

/// <summary>
/// The names by which documentation files call types and members: a kind, a colon and a dotted path, as in
/// <c>M:System.String.Join``1(System.String)</c>. A dot stands for namespaces and for nesting alike.
/// </summary>
internal static class MemberName
{
    /// <summary>The dotted path without kind, parameters and conversion target.</summary>
    public static string Path(string id)
    {
        var end = id.AsSpan().IndexOfAny('(', '~');
        return end < 0 ? id[2..] : id[2..end];
    }

    public static bool IsType(string id) => id.StartsWith("T:", StringComparison.Ordinal);

    /// <summary>What contains a type or member, or the empty string.</summary>
    public static string Parent(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? "" : path[..dot];
    }

    /// <summary>The outermost type that contains a type, given all types.</summary>
    public static string OutermostType(string type, IReadOnlySet<string> types)
    {
        while (types.Contains(Parent(type)))
            type = Parent(type);
        return type;
    }

    /// <summary>The own name, without what contains it and the number of generic parameters.</summary>
    public static ReadOnlySpan<char> Simple(ReadOnlySpan<char> path)
    {
        // In the name of an explicit implementation, "#" stands for the dots of the interface's name.
        var name = path[(path.LastIndexOfAny('.', '#') + 1)..];
        var arity = name.IndexOf('`');
        return arity < 0 ? name : name[..arity];
    }

    /// <summary>Whether it is a member that types have whatever they are about: equality, hash code,
    /// text, operators.</summary>
    public static bool IsOnEveryType(string path)
        => Simple(path) is "Equals" or "GetHashCode" or "ToString" or "CompareTo" or "GetType" or "Finalize"
            or "MemberwiseClone" || Simple(path).StartsWith("op_", StringComparison.Ordinal);

    /// <summary>A type's name with empty brackets for generic parameters, as <c>typeof</c> takes it:
    /// <c>List&lt;&gt;</c>.</summary>
    public static string Readable(string type)
    {
        var mark = type.LastIndexOf('`');
        return mark < 0 || !int.TryParse(
            type.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parameters)
            ? type
            : $"{type[..mark]}<{new string(',', parameters - 1)}>";
    }

    /// <summary>What a reader would call a namespace family: two segments (<c>System.Net</c>), three below
    /// <c>Microsoft</c>.</summary>
    public static string NamespaceFamily(string name)
    {
        var segments = name.Split('.');
        return string.Join('.', segments.Take(segments[0] == "Microsoft" ? 3 : 2));
    }
}
