using Cnn.Engine.Distributed.Mpi;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Distributed.Mpi;

[Trait("Category", "Unit")]
public class MpiLibraryTests
{
    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4", "Open MPI 4.1.4")]
    [InlineData("Open MPI v5.0.10rc1, package: x", "Open MPI 5.0.10rc1")]
    [InlineData("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\n", "MPICH 4.0.2")]
    [InlineData("MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date : Wed March 02", "MVAPICH2 2.3.7")]
    [InlineData("Intel(R) MPI Library 2021.10 for Linux* OS\n", "Intel(R) MPI 2021.10")]
    [InlineData("something else\nof 2.0", "something else")]
    public void ALibraryIsNamedShortly(string text, string name) =>
        Assert.Equal(name, MpiLibrary.ShortVersion(text));

    [Fact]
    public void ALibraryThatIsNotThereIsToldWithWhatToInstall()
    {
        var error = Assert.Throws<CnnException>(() => MpiLibrary.Load("/nowhere/libmpi.so", MpiAbi.OpenMpi));

        Assert.StartsWith("CNN_MPI_LIBRARY: '/nowhere/libmpi.so' cannot be loaded: ", error.Message);
        Assert.Contains("openmpi-bin", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void ALibraryOfSomethingElseIsToldByWhatItLacks()
    {
        Shell.OnLinuxOrSkip();

        var error = Assert.Throws<CnnException>(() => MpiLibrary.Load("libc.so.6", MpiAbi.OpenMpi));

        Assert.StartsWith(
            "'libc.so.6' is no MPI library that can be used: it has no MPI_Initialized; install", error.Message);
    }
}
