using Cnn.Proto.Formats;

namespace Cnn.Tests.Proto.Formats;

[Trait("Category", "Unit")]
public class NumberTypeTests
{
    [Theory]
    [InlineData(nameof(NumberKind.Float), 2, "3E00", 1.5f)]
    [InlineData(nameof(NumberKind.Float), 4, "C0500000", -3.25f)]
    [InlineData(nameof(NumberKind.Float), 8, "3FD0000000000000", 0.25f)]
    [InlineData(nameof(NumberKind.BrainFloat), 2, "C020", -2.5f)]
    [InlineData(nameof(NumberKind.Signed), 1, "FE", -2f)]
    [InlineData(nameof(NumberKind.Signed), 2, "FFFE", -2f)]
    [InlineData(nameof(NumberKind.Signed), 4, "FFFFFFFE", -2f)]
    [InlineData(nameof(NumberKind.Signed), 8, "FFFFFFFFFFFFFFFE", -2f)]
    [InlineData(nameof(NumberKind.Unsigned), 1, "FE", 254f)]
    [InlineData(nameof(NumberKind.Unsigned), 2, "FFFE", 65534f)]
    [InlineData(nameof(NumberKind.Unsigned), 4, "FFFFFFFE", 4294967294f)]
    [InlineData(nameof(NumberKind.Unsigned), 8, "8000000000000000", 9223372036854775808f)]
    public void NumbersOfEveryWidthAndByteOrderAreRead(string kind, int size, string bigEndian, float expected)
    {
        byte[] big = Convert.FromHexString(bigEndian), little = [.. Enumerable.Reverse(big)];
        foreach (bool isBig in (bool[])[false, true])
        {
            var type = new NumberType(Enum.Parse<NumberKind>(kind), size, isBig);

            // Three numbers with a byte between them.
            byte[] one = isBig ? big : little;
            var values = new float[3];
            type.Read([.. one, 0xAA, .. one, 0xAA, .. one], size + 1, values);
            Assert.Equal([expected, expected, expected], values);

            type.Read([.. one, .. one, .. one], size, values);
            Assert.Equal([expected, expected, expected], values);
        }
    }

    [Theory]
    [InlineData(nameof(NumberKind.Signed), 4, "FEFFFFFF", null)]
    [InlineData(nameof(NumberKind.Signed), 4, "FFFFFFFE", "-16777217")]
    [InlineData(nameof(NumberKind.Signed), 4, "00000080", null)]
    [InlineData(nameof(NumberKind.Unsigned), 4, "01000001", "16777217")]
    [InlineData(nameof(NumberKind.Unsigned), 4, "02000001", null)]
    [InlineData(nameof(NumberKind.Unsigned), 8, "00000000FFFFFF00", null)]
    [InlineData(nameof(NumberKind.Unsigned), 2, "FFFF", null)]
    [InlineData(nameof(NumberKind.Float), 8, "010000000000F03F", null)]
    public void AWholeNumberOfMoreThan24SignificantBitsIsInexact(string kind, int size, string hex, string? expected)
    {
        var type = new NumberType(Enum.Parse<NumberKind>(kind), size);

        Assert.Equal(expected, type.FirstInexact([.. new byte[size], .. Convert.FromHexString(hex)]));
    }

    [Theory]
    [InlineData(nameof(NumberKind.Signed), 1, false)]
    [InlineData(nameof(NumberKind.Signed), 2, false)]
    [InlineData(nameof(NumberKind.Unsigned), 2, false)]
    [InlineData(nameof(NumberKind.Signed), 4, true)]
    [InlineData(nameof(NumberKind.Unsigned), 4, true)]
    [InlineData(nameof(NumberKind.Float), 8, false)]
    public void OnlyWholeNumbersOfMoreThanTwoBytesMayBeInexact(string kind, int size, bool expected) =>
        Assert.Equal(expected, new NumberType(Enum.Parse<NumberKind>(kind), size).MayBeInexact);
}
