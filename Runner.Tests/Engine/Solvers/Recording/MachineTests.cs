using System.Runtime.InteropServices;
using Cnn.Engine.Solvers.Recording;

namespace Cnn.Tests.Engine.Solvers.Recording;

/// <summary>What is said of the machine. The variable is that of the whole process; nothing else reads it.</summary>
[Trait("Category", "Unit")]
public sealed class MachineTests : IDisposable
{
    private const string Variable = "PROCESSOR_IDENTIFIER";

    private readonly string? before = Environment.GetEnvironmentVariable(Variable);

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, before);

    [Fact]
    public void TheSystemsNameOfTheProcessorIsTaken()
    {
        Environment.SetEnvironmentVariable(Variable, "Abacus 9000");

        Assert.Equal(
            $"{Environment.MachineName}, Abacus 9000, 1 thread, {RuntimeInformation.OSDescription}",
            Machine.Describe(1));
    }

    [Fact]
    public void AProcessorWithoutANameIsToldByItsArchitecture()
    {
        Environment.SetEnvironmentVariable(Variable, "");

        Assert.Equal(
            $"{Environment.MachineName}, {RuntimeInformation.ProcessArchitecture}, 2 threads, "
            + RuntimeInformation.OSDescription,
            Machine.Describe(2));
    }
}
