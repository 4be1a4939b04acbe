using Cnn.Runner.Commands.Support;

namespace Cnn.Tests.Runner.Commands.Support;

[Trait("Category", "Unit")]
public sealed class NativeLibraryTests
{
    [Fact]
    public void AMissingNativeLibraryIsToldWithWhatNeedsIt()
    {
        var failure = new TypeInitializationException("SKImageInfo", new DllNotFoundException("libSkiaSharp"));

        Assert.StartsWith(
            "images and plots need the native library libSkiaSharp, which is not installed for ",
            NativeLibrary.MissingIn(failure),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ALibraryOfAPlugInIsNotTakenForIt() =>
        Assert.Null(NativeLibrary.MissingIn(new DllNotFoundException("Unable to load shared library 'mine'")));

    [Fact]
    public void OtherFailuresAreNotTakenForOne() =>
        Assert.Null(NativeLibrary.MissingIn(new InvalidOperationException("x", new IOException("y"))));
}
