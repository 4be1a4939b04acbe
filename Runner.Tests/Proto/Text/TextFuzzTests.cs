using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Proto.Text;

/// <summary>Any file is read, or refused with a location; nothing else is thrown and nothing hangs.</summary>
[Trait("Category", "Fuzz")]
public class TextFuzzTests
{
    private const int Inputs = 100_000;

    private static readonly string[] Files = Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "Goldens"), "*.prototxt", SearchOption.AllDirectories);

    private readonly FuzzInputs nets = new(Read(isSolver: false));
    private readonly FuzzInputs solvers = new(Read(isSolver: true));

    [Fact]
    public async Task AnyFileIsReadOrRefusedWithItsPlace()
    {
        Assert.True(Files.Length >= 100, "the golden files that are to be damaged are not beside the tests");
        await FuzzRun.All(Inputs, Read);
    }

    private bool Read(int index)
    {
        bool isSolver = index % 5 == 3;
        byte[] input = (isSolver ? solvers : nets).Create(index);
        MessageDescriptor type = isSolver ? SolverParameter.Descriptor : NetParameter.Descriptor;
        try
        {
            IMessage message = TextFormat.Parse(type, FileText.Decode(input, "f"), "f", new SourceMap());
            string printed = TextFormat.Print(message);
            Assert.True(
                message.Equals(TextFormat.Parse(type, printed, "printed")), $"input {index} does not survive printing");
            return true;
        }
        catch (CnnException refusal)
        {
            CheckRefusal(refusal, input, index);
            return false;
        }
    }

    private static void CheckRefusal(CnnException refusal, byte[] input, int index)
    {
        int lines = 1 + input.Count(b => b == '\n');
        foreach (Diagnostic mistake in refusal.Diagnostics)
        {
            Assert.True(
                mistake.Location is { File: "f", Line: > 0, Column: > 0 } at && at.Line <= lines
                    && at.Column <= input.Length + 1,
                $"input {index} is refused without its place: {mistake}");
            Assert.False(string.IsNullOrWhiteSpace(mistake.Message));
        }

        Assert.True(
            refusal.Diagnostics.Count <= 51 && refusal.Message.Length < 51 * 1000,
            $"input {index} is refused at length");
    }

    private static IEnumerable<string> Read(bool isSolver) =>
        from file in Files.Order(StringComparer.Ordinal)
        where Path.GetFileName(file).StartsWith("solver", StringComparison.Ordinal) == isSolver
        select File.ReadAllText(file);
}
