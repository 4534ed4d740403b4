// The page's function that size/work.h declares.
mergeInto(LibraryManager.library, {
  use: function (_data, _size) {},
});
