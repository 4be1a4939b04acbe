using System.Buffers.Binary;
using System.Text;
using Cnn.Campaigns.Fuzz.Mutations;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Safetensors files: the length of a header in JSON, the header, the numbers.</summary>
internal static class SafetensorsSeeds
{
    private const int LengthSize = sizeof(long);

    private static readonly byte[][] Words =
        [.. ((string[])["F32", "F16", "BF16", "F64", "I64", "U8", "BOOL", "F8_E4M3", "shape", "dtype",
            "data_offsets"]).Select(Encoding.ASCII.GetBytes)];

    /// <summary>Files with arrays of each type.</summary>
    public static IEnumerable<byte[]> All =>
    [
        File(
            """
            {"a.weight":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},
            "a.bias":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}
            """,
            6),
        File(
            """
            {"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
            "b.mean":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}
            """,
            16),
        File(
            """
            {"__metadata__":{"a":"b"},"u":{"dtype":"U8","shape":[0,3],"data_offsets":[0,0]},
            "v":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}
            """,
            3),
    ];

    /// <summary>Damages the header as text, and gives the file the length that it then has.</summary>
    public static byte[] Damage(byte[] file, Random random)
    {
        if (file.Length < LengthSize)
        {
            return file;
        }

        long length = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(file), 0, file.Length - LengthSize);
        byte[] header = file[LengthSize..(LengthSize + (int)length)];
        header = TextMutations.Apply(header, header, Words, random);
        return [.. Length(header), .. header, .. file.AsSpan(LengthSize + (int)length)];
    }

    private static byte[] File(string header, int data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(header);
        return [.. Length(bytes), .. bytes, .. new byte[data]];
    }

    private static byte[] Length(byte[] header)
    {
        var length = new byte[LengthSize];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return length;
    }
}
