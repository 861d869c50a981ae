namespace Nmf.Hyperspectral;

/// <summary>How a value is stored: the numbers are those of the field "data type". Complex types (6 and
/// 9) are not read.</summary>
#pragma warning disable CA1720 // the members are types of numbers, with their names, as in ML.NET's InternalDataKind
public enum EnviDataType
{
    /// <summary>8-bit unsigned integers.</summary>
    Byte = 1,

    /// <summary>16-bit signed integers.</summary>
    Int16 = 2,

    /// <summary>32-bit signed integers.</summary>
    Int32 = 3,

    /// <summary>32-bit floating-point numbers.</summary>
    Single = 4,

    /// <summary>64-bit floating-point numbers.</summary>
    Double = 5,

    /// <summary>16-bit unsigned integers.</summary>
    UInt16 = 12,

    /// <summary>32-bit unsigned integers.</summary>
    UInt32 = 13,

    /// <summary>64-bit signed integers.</summary>
    Int64 = 14,

    /// <summary>64-bit unsigned integers.</summary>
    UInt64 = 15,
}
#pragma warning restore CA1720

/// <summary>Order of the values in the file.</summary>
public enum EnviInterleave
{
    /// <summary>Band sequential: one picture after the other.</summary>
    Bsq,

    /// <summary>Band interleaved by line: every line of the picture once in each band.</summary>
    Bil,

    /// <summary>Band interleaved by pixel: one spectrum after the other.</summary>
    Bip,
}

/// <summary>Order of the bytes of a value: the numbers are those of the field "byte order".</summary>
internal enum EnviByteOrder
{
    /// <summary>Least significant byte first.</summary>
    LittleEndian = 0,

    /// <summary>Most significant byte first.</summary>
    BigEndian = 1,
}

internal static class EnviDataTypes
{
    /// <summary>Bytes of one value.</summary>
    public static int Size(this EnviDataType type) => type switch
    {
        EnviDataType.Byte => 1,
        EnviDataType.Int16 or EnviDataType.UInt16 => 2,
        EnviDataType.Int32 or EnviDataType.UInt32 or EnviDataType.Single => 4,
        EnviDataType.Int64 or EnviDataType.UInt64 or EnviDataType.Double => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such ENVI data type."),
    };
}
